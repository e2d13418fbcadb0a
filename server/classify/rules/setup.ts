/**
 * Phrases that say the sender's set-up is wrong: the dialogue, names in DNS,
 * authentication, TLS, logins, relaying; and greylisting, which says much the
 * same. They come before all words like "rejected" or "unavailable", which
 * stand in these replies, too.
 */
import type { Rule } from '../rule.ts';

export const SETUP_RULES: readonly Rule[] = [
  {
    id: 'dialogue', class: 'protocol',
    when: [
      '(improper|illegal|unauthorized|invalid) ~1 (use of|smtp) ~2 pipelining', 'command pipelining',
      '(synchronization|synchronisation) (error|violation)', 'must have ~3 (sender|recipient|rcpt|mail|from) ~3 first',
      '(rcpt|recipient|recipients|sender|mail|data) ~2 (needed|required|expected) ~1 (first|before)', '(amount|amounts) of data',
      'transaction ~1 in progress',
    ],
    unless: ['AUTH', 'TLS', 'RELAY'],
    samples: ['503 5.5.0 <unknown[192.0.2.1]>: Client host rejected: Improper use of SMTP command pipelining', '503 Must have sender and recipient first.'],
  },
  {
    id: 'dialogue.sequence', class: 'protocol', code: [503],
    when: ['(first|sequence|order|already|before|need|specified|given|issue|say|no recipients|no recipient|no sender|no valid recipients)'],
    unless: [
      'AUTH', 'TLS', 'RELAY', 'POLICY', 'BLOCKLIST', 'LISTED', 'SPAM', '(helo|ehlo) ~3 REFUSED', '(limit|many|exceeded)', 'user unknown',
      'unknown user',
    ],
    samples: ['503 no recipients specified', '503 Sender already given', '503 5.5.1 RCPT first (#5.5.1)'],
  },
  {
    id: 'greylisted', class: 'greylisted',
    when: [
      '(greylisted|greylist|greylisting|graylisted|graylisting|graylist|grey listed|gray listed|grey listing|postgrey|greylisté|liste grise|lista gris|серый список|灰名单)',
      'first time ~4 (sender|see|seen|contact|attempt)', 'first contact', 'not ~2 seen ~4 before',
      '(unknown|new|unfamiliar|unrecognized) (sender|triplet|host|client|correspondent) ~4 LATER', '(delayed|deferred|tempfailed) ~2 first',
      'triplet', 'anti spam delay', '(come|try) back ~2 in ~2 (minutes|seconds)', 'you are new',
      '(new|unknown) (here|sender|host|server|ip) ~4 (wait|try again|retry|come back)', 'first time sender',
      '(grey|gray) ~1 (defer|deferred|list|listed|delay|delayed)', '(greylistet|greylistado|greylista|грейлистинг|грейлист|灰色名单)',
    ],
    samples: [
      '451 4.7.1 Greylisting in action, please come back later',
      '450 4.7.1 <user@example.net>: Recipient address rejected: Greylisted for 5 minutes',
    ],
  },

  {
    id: 'auth.spf-lookup', class: 'authentication',
    when: ['AUTHN ~6 (timeout|time out|lookup|dns|temperror)'],
    samples: [
      '450 4.7.1 <user@example.net>: Recipient address rejected: SPF-Result=ns1.example.test: Time-out on DNS \'SPF\' lookup of \'ns1.example.test\'',
    ],
  },
  {
    id: 'sender.not-yours', class: 'sender_invalid',
    when: [
      '(sendasdenied|send as denied|sendas)',
      '(you|user|client|account|login|sender|@addr) ~4 (not|no|cannot|cant|dont) ~2 (allowed|permitted|authorized|authorised|have permission|have permissions|permission|permissions|right|rights|entitled|allow) ~2 (send|use|sending|using) ~3 (as|from this|from that|this sender|this address|this from|sender address|from address|from the|another)',
      '(not|isnt) ~1 (allowed|permitted|authorized|authorised) ~2 (send|use) as',
      'SENDER ~5 (must be|must equal|equal|equals|same as|identical|must match|match|matches|belong|belongs|owned by|correspond|corresponds|allowed for|authorized for|permitted for) ~5 (authorized|authenticated|authorization|authentication|auth|login|logon|logged in|user|username|account|session|credentials)',
      'SENDER ~5 (verified|registered|confirmed) ~2 (identity|identities|sender|senders|address|domain)',
      'SENDER ~3 (is|are) not ~1 (one of|among|in) ~3 (your|addresses|aliases|identities)',
      'SENDER ~2 not ~1 (authorized|permitted|allowed|valid|registered) ~3 (account|user|login|username|credentials)',
      '(account|user|address|identity) ~4 (not|hasnt|isnt) ~2 (verified|confirmed|activated|approved|enabled) (to|for) ~1 (send|sending|outgoing|outbound)',
      '(unconfigured|unverified|unregistered) ~1 (sending|sender|from) ~1 (domain|address|identity)',
    ],
    unless: [
      'AUTHN', 'LISTED', '(@ip|ip|ips|host|server|hosts|servers) ~3 (not|isnt|cannot) ~2 (allowed|permitted|authorized|designated)', 'HOPS',
      '(send|write|post) ~2 to (this|that|the)', '(country|countries|region|group|list|recipient|recipients)',
    ],
    samples: ['501 mail from address must be same as authorization user', '554 5.2.252 SendAsDenied; a@example.test not allowed to send as b@example.test'],
  },
  {
    id: 'auth.named', class: 'authentication',
    when: [
      'AUTHN', 'sender ~2 policy prohibits', 'unauthenticated (messages|mail|email) from', 'not allowed to send ~4 (from|for|as)',
      '(does not|doesnt|not) ~1 designate', 'permitted sender', 'not (authorized|permitted|designated) to send ~4 (from|for|as|on behalf)',
      'doesnt allow sending', 'authentication checks', '(domain owner|domain owners|owner of domain) ~4 (reject|rejects|refuse|prohibits)',
      'not ~2 (originate|come|sent|originating) from ~3 (authorized|authorised|permitted|designated|allowed) ~1 (server|host|source|ip|mail server|address|servers)',
    ],
    unless: ['HOPS', '(country|countries|region|location)'],
    samples: [
      '550 5.7.0 Email rejected per sender\'s DMARC policy',
      '550 5.7.20 Message refused, DKIM is not configured on your sending domain.',
      '550-SPF-check failed: 550 example.com doesn\'t allow sending mails from 192.0.2.1',
    ],
  },
  {
    id: 'auth.spoofed', class: 'authentication',
    when: [
      '(spoof|spoofed|spoofing|antispoofing|antispoof|forged|forgery|impersonation|impersonating)', 'sender is unauthenticated',
      '(sender|from|from address) ~4 (mismatch|mismatched|not match|does not match|doesnt match|must match)',
      'unauthenticated (email|sender|message)',
    ],
    unless: ['INACTIVE', 'RELAY', 'forged headers', 'from this range', 'forged ~1 (address|hostname|host name)', '(helo|ehlo)'],
    samples: ['550 rejecting spoofed message', '550 Rejected by header based Anti-Spoofing policy: user@example.test'],
  },

  {
    id: 'dns.ptr', class: 'dns_identity',
    when: [
      'ip name lookup failed', '(dns name|hostname|host name|domain name) ABSENT ~2 (@ip|ip)', 'CLIENT ~2 from ~1 (unknown|invalid|bogus|nonexistent) ~1 (tld|domain|top level)',
      '(unknown|invalid|bogus|nonexistent) tld', '反向 ~2 解析', '(dns name|name|hostname|host name|domain name) ~2 (@ip|ip) ~4 ABSENT',
      '(@ip|ip|ip address) ~3 (have|has|without) ~2 (host name|hostname|dns entry|dns record|name|dns|ptr)', 'lookup of your (ip|host|address)',
      '逆引き', '反解', '(ip|@ip|ip address) ~4 (no|without) ~1 (domain name|dns name|name|hostname|host name|reverse|rdns)',
      '(unresolvable|unknown|unresolved) (client|client address|client host|client name|connecting host)',
      '(look up|resolve|find|determine) ~1 your (name|host|hostname|host name|server|ip|ip address)',
      '(ptr|reverse dns|rdns|reverse lookup|reverse hostname|reverse host name|reverse name|reverse record|reverse mapping|fcrdns|pointer record|inverse dns|reverse resolution|in addr arpa|reverse address|reverse entry|reverse domain)',
      '(no|no valid) (hostname|host name) ~6 (ip|@ip)', 'forged ~1 (hostname|host name)', 'forward ~2 reverse', 'cannot find your ~2 hostname',
      'could not ~2 hostname', 'servers without a valid ~2 (domain|hostname)',
      '(generic|dynamic|residential|dialup) ~2 (hostname|host name|rdns|ptr)',
      '(ip|@ip|ip address|client host|sending host|your host|your server|your hostname|client hostname) ~3 (must|cannot|cant|could not|couldnt|does not|doesnt|not|should) ~1 (resolve|be resolved|resolvable)',
      '@host ~1 host (cant|cannot|could not) be resolved', '@host ~2 (invalid|not valid) ~2 dns',
      'CLIENT ~3 (has no|have no|without|lacks) ~1 (dns|dns record|dns entry|a record|name|host name|hostname)',
      '(missing|no|without|lacks) ~2 (a dns|dns a) ~1 (entry|record) ~2 (ip|@ip|host|hostname)',
      '(host name|hostname|name|dns|address) lookup ~1 (failure|failed|error|fails) ~3 (your ip|@ip|your host|your address|client|your server)',
      '@client-rejected ~3 (hostname|host name|name) ~2 ABSENT',
      '(connecting|your|client|sending) ~1 (host|hostname|host name|server|server name|mail server|machine|mta) ~3 ABSENT',
      '(client|client host) (name|address|hostname|ip) ~3 ABSENT',
      '(domain|domain name|hostname|name) of ~1 (your host|your server|your mail server|your ip|client|sending server) ~3 ABSENT',
      '(no|without|sin|sem|sans|kein|keine|bez|нет) ~1 (reverse|inverse|inverso|rueckwaertsaufloesung|ptr)',
    ],
    unless: ['RELAY ~1 denied', 'LISTED', 'BLOCKLIST'],
    samples: [
      '550 5.7.25 Access denied, the sending IPv6 address [2001:db8::1] must have a reverse DNS record',
      '550 <a@example.test>: Bad DNS PTR resource record',
      '450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]',
    ],
  },
  {
    id: 'dns.helo', class: 'dns_identity',
    when: [
      '(helo|ehlo) ~3 (ip address|ip|@ip)', '@helo-rejected', 'my name was rejected',
      '(underscore|underscores) ~4 (host|hostname|host names|helo|name)',
      '(helo|ehlo) ~4 (look|looks|like|match|exist|exists|resolve|denied|bad|your own|mine)',
      '(helo|ehlo) ~6 (FAILED|REFUSED|invalid|localhost|syntax|valid|resolve|mismatch|bogus|argument|fqdn|fully|your)',
      '(invalid|bogus|bad|fake|wrong|forged) ~2 (helo|ehlo)', 'need fully qualified hostname',
      '(helo|ehlo|helohost|helo host|helo name|helo domain) ~4 (error|ABSENT|requires)',
      '(unknown|no such|nonexistent) ~1 (host|domain|name|hostname) ~2 (helo|ehlo)', 'who you (claim|say) ~6 (helo|ehlo)', '(helo|ehlo) is my name',
    ],
    unless: [
      'SPAM', '(command|verb) ~1 (unknown|unrecognized|not recognized)', '(say|send|use|polite|issue|expected) ~3 (helo|ehlo)',
      '(helo|ehlo) (first|required)', 'LISTED', 'BLOCKLIST',
    ],
    samples: [
      '501 5.5.4 HELO/EHLO argument is invalid. https://support.google.com/mail/?p=helo',
      '504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname',
    ],
  },
  {
    id: 'dns.ehlo', class: 'dns_identity', stage: ['ehlo'], code: [5],
    when: ['(domain|hostname|name|argument|fqdn)', 'host ABSENT', '(unknown|invalid) host'],
    unless: ['LISTED', 'BLOCKLIST', 'SPAM', 'RELAY'],
    samples: ['501 5.0.0 Invalid domain name'],
  },
  {
    id: 'dns.servers', class: 'dns_identity',
    when: [
      'accept messages from servers', 'not accept mail from ~2 (hosts|servers) ~2 without', '(hosts|servers|systems) without (dns|a name|names)',
    ],
    samples: ['550 We do not accept mail from hosts without dns'],
  },

  {
    id: 'tls.needed', class: 'tls',
    when: [
      'must issue ~1 starttls',
      '(starttls|tls|ssl|encryption|secure connection|encrypted connection) ~3 (required|needed|mandatory|requires|require|must|necessary|not available|unavailable|not supported|failed|failure|error|may not be repeated|negotiation|only)',
      'TLS ~6 (required|requires|mandatory|necessary|needed|enforced)', 'lack of ~2 (security|encryption|tls)',
      '(encrypted|secure) ~2 (transmission|transport|delivery|channel)', 'mx record authenticity',
      '(requires|require|must use|need|needs|use) ~2 (starttls|tls|ssl|encryption|encrypted|secure connection)', '(tls|ssl) (handshake|negotiation)',
      '(invalid|bad|wrong|untrusted|expired|unknown) ~3 certificate', 'TLS ~2 (unknown|untrusted)',
      'certificate ~5 (not match|does not match|doesnt match|unknown)',
      'certificate ~4 (expired|invalid|not trusted|untrusted|verify|verification|mismatch|rejected|failed|required)', 'without encryption', 'mta sts',
      'dane', 'tlsa', '(plaintext|plain text|cleartext|unencrypted) ~2 (connection|connections|session|sessions|login|mail|delivery)',
      'tls ~1 (not|temporarily) ~1 (available|unavailable)', '(support|supports) ~1 (tls|starttls|encryption)',
    ],
    unless: ['smtp auth', 'auth command'],
    samples: [
      '530 5.7.0 Must issue a STARTTLS command first',
      '421 4.7.0 TLS required for RCPT domain, closing connection.',
      '553 this route requires encryption (tls)',
    ],
  },
  {
    id: 'credentials.refused', class: 'credentials',
    when: [
      '(authentication|auth|login|authorization) ~1 error',
      '(authentifizierung|authentification|autenticacion|autenticazione|autenticacao|uwierzytelnianie|аутентификация|авторизация|认证|验证) ~4 (fehlgeschlagen|echouee|fallida|fallita|falhou|失败|не удалась|ошибка|nieudane)',
      '(usuario|utente|utilisateur|benutzer|benutzername|uzytkownik|用户名|用户|帐号|账号|имя пользователя|логин|login|user|username|identifiant) ~3 SECRET',
      '(authentication|auth|login|authorization) ~3 (failed|fail|failure|failed bad|incorrect|unsuccessful|rejected|credentials invalid|disabled|mechanism|type)',
      '(invalid|incorrect|wrong|bad|unrecognized|unsupported) ~2 (credentials|password|authentication|auth mechanism)',
      '(username|user name) and password', '(incorrect|wrong|bad|invalid) ~1 authentication', 'failed logins', 'authorization failed',
      'application specific password', 'password required', 'web browser ~4 sign in', 'too many login', 'please log in', 'smtp auth',
      'pop before smtp', 'authentication failure', 'failed to authenticate', 'identity changes permitted',
      '(fail|failed|failing|failures|bad|unsuccessful|wrong|many) ~1 (authentication|auth|login|logins|logon)',
      '(check|receive|get|pop|fetch|collect|retrieve) ~2 mail ~2 before ~1 (sending|send)',
    ],
    unless: ['dkim', 'spf', 'dmarc', 'RELAY', 'check', 'password protected'],
    samples: [
      '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6',
      '535 5.7.1 Application-specific password required.',
      '504 5.7.4 unrecognized authentication type',
    ],
  },
  {
    id: 'relay.login', class: 'relay_denied',
    when: ['RELAY & AUTH'],
    unless: ['AUTHN', 'BLOCKLIST'],
    samples: [
      '550 5.7.1 <user@example.net>... Relaying denied. Proper authentication required.',
      '530 5.7.1 authentication required for relay (#5.7.1)',
    ],
  },
  {
    id: 'credentials.needed', class: 'credentials',
    when: [
      '(autenticacion|authentification|authentifizierung|anmeldung|autenticazione|autenticacao|uwierzytelnianie|авторизация|аутентификация|认证|验证) ~3 (requerida|necesaria|requise|necessaire|erforderlich|notwendig|richiesta|necessaria|exigida|wymagane|требуется|необходима)',
      '(требуется|необходима|需要|必须|请先) ~6 (авторизация|аутентификация|认证|验证|登录)',
      '(authentication|auth|login) ~2 (required|needed|necessary|mandatory|first)', 'authentication required', 'auth required',
      '(must|need|needs|please|require|requires) ~3 (authenticate|authentication|auth|log in|login)', 'not authenticated', 'unauthenticated mail',
      'local user only', 'client was not authenticated',
      '(only|allowed|permitted|possible|accepted) ~2 (with|after) (authentication|auth|login|smtp auth|authenticating)',
    ],
    unless: ['dkim', 'spf', 'dmarc', 'RELAY'],
    samples: ['530 5.7.0 Authentication required', '550 Unauthenticated mail not allowed from this range'],
  },
  {
    id: 'credentials.code', class: 'credentials', code: [530, 534, 535, 538],
    when: ['(user|username|account|password|log in|login|auth|authentication|credentials)'],
    unless: ['TLS', 'RELAY', 'AUTHN', 'recipient'],
    samples: ['535 User account is disabled, cannot log in'],
  },
  {
    id: 'relay.denied', class: 'relay_denied',
    when: [
      'no longer relay', '(forwarding|forward) to ~1 (remote|other|external) ~1 (hosts|host|domains|addresses|users|sites) ~2 (disabled|REFUSED)',
      'ABSENT_ABROAD ~1 RELAY', '(不允许|拒绝|禁止|不允許) ~2 (中继|转发)', 'mail (to|for) @host ~1 not accepted',
      'recipient domain ~2 not ~3 (allowed|list|permitted)', 'only ~2 for local (users|domains|senders|accounts|recipients)',
      '(local|authenticated|authorized) (users|senders) only', 'sending to remote ~2 (address|addresses|hosts|domains)', 'allowed recipient hosts',
      '(dont|do not|doesnt|does not|not) handle ~1 mail', 'mail for ~3 not accepted (at|by|on|here)', 'RELAY ~4 REFUSED', 'REFUSED ~3 RELAY',
      '(unable|not able|cannot|cant|not permitted|not allowed|wont|will not|do not|dont|not) ~2 RELAY', 'open relay', 'as a relay',
      '(mx|mx record|mx records) ~3 point to us', 'we do not handle mail', 'not ~1 accept ~1 (mail|email|messages) for ~2 (users|mailboxes|addresses|recipients) of', 'insecure mail relay', 'no relay', 'not a gateway',
      '(local|lokale|lokalen) (user|users) only', 'relay (access|not|prohibited|restriction)', '(allowed|list of) ~2 rcpthosts', 'rcpthosts',
      'we do not relay', 'on relay of', 'not ~2 (local host|local domain)', 'does not have permissions to submit',
      'not ~2 (mail exchanger|mx|mail server) for', '(use|using) ~3 as ~1 relay', 'domain ~2 not (handled|served|hosted)',
      'not ~1 (accept|accepting) ~1 (mail|email) for ~1 (that|this|the) domain', '(dont|do not|not) host',
      '(gateway|server|host) ~2 does not (serve|handle|host|accept mail for) ~3 (domain|@host)',
      '(domain|host) ~3 not ~2 (hosted|handled|served|local) ~1 here', 'not hosted (here|on)', 'is not (local|served)',
      '(mail|email) server not authoritative', 'not responsible for', 'mail for ~4 not accepted here',
      '(not|cant|cannot|doesnt|does not|isnt|arent) ~3 (allow|allowed|permitted|configured) ~2 (to|for) ~1 relay',
      '(non local|nonlocal|remote) ~1 (address|email|recipient|domain|e mail) ~4 (authentication|authenticate)',
      '(configured|authorized|allowed) to ~1 let you', 'relay (operation|attempt|request) ~1 (rejected|refused|denied)',
    ],
    unless: [
      '(find|locate|determine) ~2 (mail exchanger|mx|mail server)', 'excessive ~2 recipients', 'RELAY recipient table',
      'on relay of ~8 (spam|sender)', 'privaterelay', 'SPAM', '(sender|dns) ~12 on relay of', 'registered gateway user',
      'handle mail for ~2 (user|recipient|mailbox|person)',
    ],
    samples: [
      '554 5.7.1 <user@example.net>: Relay access denied',
      '550 5.7.1 Unable to relay for <user@example.net>',
      '553 5.7.1 sorry, that domain isn\'t in my list of allowed rcpthosts (#5.7.1)',
      '451 Open relay not allowed',
    ],
  },
];
