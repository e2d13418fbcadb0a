/**
 * Phrases that say the sender's set-up is wrong: authentication, names in
 * DNS, TLS, logins, sender addresses, relaying. They come before all words
 * like "rejected" or "unavailable", which stand in these replies, too.
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

  {
    id: 'sender.callout', class: 'sender_invalid',
    when: [
      'sender verify failed', '(verification|verify) failed for @addr', 'postmaster verification', 'dns check failed',
      '(sender|return|envelope sender|return path|from) ~1 (mailbox|user|address|account) ~4 (not exist|does not exist|doesnt exist|unknown|not found|not valid|invalid|undeliverable|no longer exists)',
      'envelope sender ~3 (not a valid|not valid|invalid|unknown|does not exist)',
    ],
    unless: ['(recipient|rcpt) ~2 (verify|verification)', 'spf check', 'AUTHN'],
    samples: [
      '550-Verification failed for <a@example.test>\n550-The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.\n550 Sender verify failed',
      '550 Domain may not exist or DNS check failed',
    ],
  },
  {
    id: 'sender.rejected', class: 'sender_invalid',
    when: [
      '@sender-rejected ~8 (ABSENT|undeliverable|unverified|not owned|not logged|verify|resolve|fully qualified)', 'sender verify failed',
      'sender ~1 verification failed', 'sender callout', 'callout', 'callback ~2 (failed|setup|while|error|refused)',
      '(verification|verify) failed for @addr',
      '(sender|sending|from|mail from|return path) ~2 domain ~2 (resolve|resolution|lookup|dns) ~1 (fail|failed|failure|error)',
      'SENDER & (doesnt have|does not have|has no|have no|neither|without|has neither|lacks) ~4 (mx|mx record|mx records|a record|a records|dns records|dns record)',
      'postmaster verification', 'verification failed ~2 (while|checking)',
      'sender ~1 (check|verification|verify|validation) ~1 (error|failed|failure)',
      '(callout|callback|call back) ~2 (error|failed|failure|incomplete)',
    ],
    unless: [
      'LISTED', '(recipient|rcpt) ~1 (verify|verification|callout)', 'callout verification failed ~6 (recipient|rcpt|user) ABSENT',
      'callout verification failed ~6 ABSENT (recipient|rcpt|user)',
    ],
    samples: [
      '550 Could not complete sender verify callout',
      '550 5.1.0 <a@example.test>: Sender address rejected: User unknown in virtual mailbox table',
    ],
  },
  {
    id: 'sender.absent', class: 'sender_invalid',
    when: [
      'SENDER ~6 ABSENT_ABROAD', 'ABSENT_ABROAD ~3 SENDER',
      '(unknown|nonexistent|non existent|nonexisting|unresolvable|unqualified) ~1 (domain|domains|sender|senders|host|tld) ~1 in ~1 SENDER',
      'mail from ~1 (unknown|nonexistent|non existent|unresolvable|unqualified|fake|bogus) ~1 (domain|domains|address|user|users)',
    ],
    unless: ['LISTED', 'AUTHN', 'SENDER ~3 user unknown', '(header|headers)'],
    samples: ['550 Die Domain des Absenders existiert nicht', '550 Домен отправителя не найден'],
  },
  {
    id: 'sender.ours', class: 'sender_invalid',
    when: [
      'OURS ~5 ABSENT', 'ABSENT ~3 OURS',
      'OURS ~5 (not resolve|doesnt resolve|does not resolve|cannot be resolved|could not be resolved|cannot be verified|could not be verified|not verified|no mx|has no mx|has no|no dns|unresolvable|unverified)',
      '(cannot|can not|cant|could not|couldnt|unable to|failed to|not able to) ~2 (find|resolve|verify|locate|validate|look up) ~1 OURS',
      'verify that you exist', '(cannot|could not|couldnt|cant|unable to) verify you', 'your mx says',
      '(no|valid|missing|without|find) ~3 (mx|mx record|mx records|a record|dns record|dns records) ~2 OURS',
      '(user|mailbox|address|account|domain) in ~1 (mail from|mailfrom|from|from header|from line|sender|reply to) ~3 ABSENT', '(cannot|can not|must not|may not) be used as ~1 sender',
      'sender ~2 domain ~2 (not resolvable|unresolvable|not resolve)',
    ],
    unless: [
      'LISTED', 'AUTHN', 'FULL', '(header|headers)', 'check', 'address book', 'spelling', '(recipient|rcpt) ~3 ABSENT', '(recipient|rcpt) ~1 your',
      'user unknown',
    ],
    samples: ['550 your email address does not exist', '553 Your domain has no MX record'],
  },
  {
    id: 'sender.stage', class: 'sender_invalid', stage: ['mail'],
    when: [
      '(user|users|address|mailbox|account|email|domain|hostname|name|recipient|@addr) ~5 ABSENT',
      'ABSENT ~2 (user|address|mailbox|account|email|domain|hostname|domain name|name|recipient|@addr)', 'address ~1 syntax',
      'PLACES_ABROAD ~5 ABSENT_ABROAD', 'ABSENT_ABROAD ~3 PLACES_ABROAD', 'domain name required',
    ],
    unless: [
      'LISTED', 'BLOCKLIST', 'AUTHN', 'AUTH', 'SECRET', 'TLS', 'CLIENT', 'SPAM', '(parameter|parameters|command|option)', '(size|quota|limit)',
      'LATER', 'temporary',
    ],
    samples: ['550 unknown user', '550 domain does not exist'],
  },
  {
    id: 'bounce', class: 'policy',
    when: [
      'BOUNCE ~8 (ABSENT|REFUSED|unauthenticated|failed|invalid|detected|not accepted|accepted|protection|rejected|cannot|user|address|only|wrong|expired)',
      '(ABSENT|REFUSED|invalid|unauthenticated|failed|only) ~3 BOUNCE', '(backscatter|batv|prvs)', 'bounces ~1 not accepted', 'bounces only',
      'only ~1 bounces (are|is)', 'not accept bounces', 'bounces to this',
    ],
    unless: [
      'BLOCKLIST', 'LISTED', 'AUTHN', 'PERSON unknown', 'FULL', 'mailman', 'RELAY', 'your ~1 (ip|server)',
      '(from|server|servers) ~3 (authorized|designated|permitted)',
    ],
    samples: ['550 5.1.1 Backscatter Protection detected an invalid or unauthenticated address', '550 5.7.1 Bounces are not accepted for this address'],
  },
  { id: 'sender.status', class: 'sender_invalid', enhanced: ['1.7', '1.8'], unless: ['outbound', '(recipient|user) ~3 ABSENT', 'no such', 'LISTED', 'BLOCKLIST', 'AUTHN'], samples: ['553 5.1.7 Rejected', '550 5.1.8 <a@example.test> Invalid address'] },
  {
    id: 'sender.unresolved', class: 'sender_invalid',
    when: [
      '(required|must contain|must resolve|must have|cannot route|callback|callout|route to) ~3 SENDER',
      'SENDER ~3 (required|must contain|must resolve|must have|unverifiable)', 'unverifiable ~3 SENDER', 'callback to ~1 SENDER',
      'SENDER ~5 (not exist|does not exist|doesnt exist|not found|must exist|does not resolve|not resolve|unresolvable|unroutable|cannot be verified|could not be verified|could not be confirmed|not verified|verify failed|verification failed|verification|callout|callback|no mx|has no mx|invalid|not valid|is bad|not good|unknown|must be valid|no dns|domain not found|nullmx|null mx|does not accept|mx record|syntax|fully qualified|unverified|undeliverable|not local|not registered|not exists)',
      '(invalid|bad|bogus|unqualified|unknown|illegal|unroutable|unrouteable|unresolvable|nonexistent|malformed|improper|verify|resolve|no such|unverified|fake|forged|missing|valid mx for|records for|valid) ~2 SENDER',
      'valid from address', '(no|find|valid) ~2 mx ~2 SENDER', '(cannot|no|unable|could not|invalid|missing) ~3 SENDER ~1 (mx|a record|dns)',
      'no mx record', 'from ~6 no mx record', 'sender from ~3 has no', 'return email domain', 'return address ~6 (invalid|resolve|exist)',
      '(invalid|bad) dns mx', 'mail from ~4 (domain|address) ~3 (not exist|doesnt exist|does not exist|not found|not resolve|does not resolve)',
      'sending domain ~4 (not exist|does not exist|not resolve|no mx|not found)', 'sender email ~4 not (valid|registered|verified)',
      'from domain is invalid', 'registered gateway user', 'can not verify sender', 'purported responsible', 'could not verify sender',
      'SENDER ~5 (not be resolved|cannot be resolved|could not be resolved|can not be resolved|unresolved)',
    ],
    unless: [
      'AUTH ~3 SENDER', '(mail from|rcpt to) ~1 (parameter|parameters|command|option)', 'LISTED', 'recipient domain', 'RECIPIENT unknown in',
      'no mx record found for domain', 'reputation', 'sender ~3 SPAM', 'BLOCKLIST', 'notauthorized', 'for several', 'recipient address',
      '(user|recipient|mailbox) ~3 ABSENT',
    ],
    samples: ['550 5.1.0 Invalid sender domain', '550 <a@example.test>: Invalid DNS MX or A/AAAA resource record'],
  },
  {
    id: 'sender.from-header', class: 'sender_invalid',
    when: ['sending mail as', 'from a different address or alias', 'not ~2 owned by', 'send as'],
    unless: ['ptr'],
    samples: ['You\'re sending this from a different address or alias using the \'Send mail as\' feature.'],
  },
];
