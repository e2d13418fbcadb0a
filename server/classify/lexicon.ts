/**
 * Groups of words that mean the same in a reply, in the languages that
 * replies come in. Rules name a group in capitals. Words are written in full;
 * endings and accents do not matter (see words.ts).
 */
export const LEXICON = {
  /** Whom mail is for, or the place where it lies. */
  RECIPIENT: `
    recipient|recipients|rcpt|user|users|username|user name|mailbox|mail box|mailboxes|inbox|account|email account|mail account|addressee|
    addressees|address|email|email address|e mail address|e mail|mailaddress|mail address|local part|customer|subscriber|person|alias|
    mail user|destination|destinataire|destinatario|destinataires|empfanger|benutzer|benutzerkonto|postfach|mailadresse|emailadresse|konto|
    kontos|utilisateur|boite|adresse|compte|cuenta|buzon|usuario|utente|casella|indirizzo|direccion|endereco|odbiorca|gebruiker|mottagare|
    bruger|modtager|prijemce|uzivatel|alici|kullanici|получатель|получателя|пользователь|пользователя|ящик|ящика|адрес|адресат|адреса|用户|
    收件人|邮箱|邮箱地址|收信人|宛先|ユーザー|ユーザ|@addr`,
  /** Only what cannot be the sender's: no bare "address". */
  PERSON: `
    recipient|recipients|rcpt|user|users|username|userid|mailbox|mailboxes|account|accounts|addressee|addressees|inbox|alias|member|
    subscriber|customer|person|people|local part|name`,
  MAILBOX: `
    mailbox|mail box|inbox|user|account|recipient|recipients|folder|mail folder|maildir|email account|box|customer|postfach|
    mailbox des empfangers|boite|casella|buzon|cuenta|konto|compte|destinataire|ящик|邮箱|mail|home directory|destination mailbox|@addr`,
  /** Said of something that is not there. */
  ABSENT: `
    unknown|not exist|nonexist|nonexistent|non existent|non existing|does not exist|doesnt exist|dont exist|do not exist|no longer exist|
    no longer exists|not currently exist|not found|notfound|not be found|couldnt be found|cant be found|wasnt found|was not found|not known|
    not recognized|not recognised|not listed|not in directory|not in our directory|not in recipient list|not valid|isnt valid|
    no longer valid|no longer here|invalid|unrecognized|unrecognised|undefined|misspelled|mistyped|incorrect|nonvalid|no such|not local|
    not our customer|unknown here|not available here|doesnt live here|not belong|not configured|not a user|not known here|no longer on|
    not a valid|not present|not registered|unregistered|is not here|not our user|not in our database|not in database|cannot be found|
    can not be found|not real|nie istnieje|nieznany|existe pas|n existe pas|inconnu|inconnue|introuvable|invalide|non valide|
    existiert nicht|nicht vorhanden|nicht gefunden|unbekannt|ungultig|no existe|inexistente|inexistant|desconocido|desconocida|
    no encontrado|non esiste|sconosciuto|nao existe|desconhecido|bestaat niet|onbekend|finns inte|okand|findes ikke|neexistuje|neznamy|
    bulunamadi|не существует|не найден|не найдена|неизвестен|не зарегистрирован|неверный|недействителен|不存在|无效|未找到|存在しません|不明`,
  NO_SUCH: `
    no such|wrong|no|not a|not an|not any|unknown|invalid|unrecognized|nonexistent|non existent|bad|illegal|undefined|incorrect|kein|keine|
    ningun|aucun|nessun|нет такого`,
  /** Said of a mailbox that is no longer in use. */
  INACTIVE: `
    disabled|inactive|inactivity|deactivated|suspended|suspend|discontinued|expired|closed|terminated|deleted|cancelled|canceled|retired|
    abandoned|blocked due to inactivity|temporarily locked|locked|not been activated|no longer exists due to inactivity|placed on hold|
    on hold|in suspension|barred|quarantined|frozen|has moved|not active|no longer active|no longer available|no longer in use|
    no longer on server|not activated|inactivated|dormant|been removed|decommissioned|deprovisioned|unsubscribed|ceased|gesperrt|
    deaktiviert|stillgelegt|desactive|suspendu|deshabilitada|deshabilitado|desactivada|suspendida|expirada|expirado|caducada|disattivata|
    disabilitato|nieaktywne|zablokowane|neaktivni|заблокирован|отключен|неактивен|удален|деактивирован|停用|禁用|已停用`,
  FULL: `
    full|over quota|overquota|quota full|quota violation|quota issue|quota limit|quota reached|above quota|over limit quota|mailbox limit|
    maximum storage|quota exceeded|quota exceed|exceeded quota|over its quota|over the quota|over disk quota|out of storage|
    insufficient storage|insufficient space|exceeded storage|storage full|not enough space|enough space|enough storage|no space|too full|
    volle|voll|uberfullt|ubervoll|pleine|plein|saturee|llena|lleno|llenos|piena|pieno|cheia|cheio|pelna|przepelniona|plna|dolu|vol|
    переполнен|переполнена|已满|容量`,
  EXCEEDED: `
    exceeded|exceed|exceeds|exceeding|over|reached|hit|above|beyond|surpassed|too many|excess|exhausted|depasse|depassee|uberschritten|
    superado|превышен|превышена|超过`,
  REFUSED: `
    rejected|reject|rejecting|rejection|refused|refuse|denied|deny|blocked|block|bounced|not accepted|not accept|not be accepted|
    wont be accepted|does not accept|doesnt accept|not allowed|disallowed|forbidden|prohibited|declined|dropped|discarded|not permitted|
    disapproved|unwanted|undeliverable|not delivered|not welcome|returned|cannot be delivered|wasnt delivered|not like|not be delivered|
    unacceptable|abgelehnt|zuruckgewiesen|verweigert|refusee|rejete|rejetee|rechazado|rechazada|rifiutato|odrzucona|отклонено|отклонен|拒绝|拒收`,
  LISTED: `
    blacklisted|blacklist|black listed|blacklists|black list|blackholed|blocklisted|blocklist|block list|blocked list|blocking list|
    denylist|denylisted|deny list|listed|rbl|dnsbl|dnsrbl|rbls|dnsbls|listing|realtime block|real time block|banned|lista negra|liste noire|
    schwarzen liste|blackliste|черном списке|черный список|黑名单`,
  /** Names of lists and reputation services. */
  BLOCKLIST: `
    spamhaus|zen spamhaus|sbl|xbl|pbl|css|spamcop|sorbs|barracudacentral|barracudanetworks|senderscore|sender score|uceprotect|njabl|dsbl|
    ordb|surriel|psbl|mailspike|manitu|spamrats|truncate|invaluement|nixspam|abuseat|cbl|hostkarma|junkemailfilter|trustedsource|senderbase|
    cloudmark|csi|spambag|mail abuse|trend micro|ipcheck|lashback|spamcannibal|backscatterer|ahbl|abusix|spameatingmonkey|wpbl|five ten sg|
    0spam|fabel|ivmsip|hetrixtools|proofpoint|sophos|ironport|return path|talos|gbudb|dnswl|habeas|spamtrap|spamtraps`,
  /** Lists of domains and links, not of addresses. */
  URLLIST: 'uribl|surbl|dbl|rhsbl|ivmuri|url blacklist|url block list|uri blacklist|phishtank',
  IP: `
    ip|ips|@ip|ip address|ip addresses|ipaddress|ipv4|ipv6|client host|host|client|server|mail server|mailserver|connection|connections|
    connecting|mta|sending host|sending server|sender ip|source ip|your server|network|range|relay|adresse ip|netblock|hostname|@host`,
  SENDER: `
    @sender-rejected|sender|senders|from address|from addresses|mail from|mailfrom|return path|return address|envelope sender|envelope from|
    sending address|sender address|originator|reverse path|from domain|sender domain|return email|return mail|absender|absenderadresse|
    absenderdomain|expediteur|remitente|mittente|remetente|nadawca|afzender|отправитель|отправителя|发件人|发信人|送信者`,
  SPAM: `
    spam|spammy|spams|spamming|ube|uce|junk|junk mail|bulk mail|unsolicited|unsolicited mail|unsolicited email|unsolicited bulk|
    unsolicited content|spamassassin|spam assassin|anti spam|antispam|phish|phishing|scam|spamhalter|dspam|bogofilter|spamlike|spam like|
    spamlist|spamscore|solicite|no deseado|indesirable|спам|спама|спамом|垃圾邮件`,
  VIRUS: `
    virus|viruses|viral|malware|worm|trojan|infected|infection|ransomware|exploit|executable|banned file|dangerous|virusdetected|вирус|病毒|
    schadcode`,
  POLICY: `
    policy|policies|policyviolation|mailpolicy|rule|rules|restriction|restrictions|administratively|administrative|administrator|
    regulations|politique|richtlinie|richtlinien|politica|политика|策略`,
  PTR: `
    ptr|reverse dns|rdns|reverse lookup|reverse hostname|reverse host name|reverse name|reverse record|reverse entry|reverse mapping|
    reverse address|reverse domain|forward confirmed|fcrdns|in addr arpa|no hostname|helo|ehlo|helo name|helo command|inverse|
    pointer record|reverse resolution`,
  FAILED: `
    failed|fail|fails|failing|failure|invalid|missing|not|no|none|did not pass|didnt pass|doesnt|does not|bad|wrong|unable|cannot|cant|
    could not|couldnt|without|not found|lacks|error|errors|must|require|requires|required|denied|check|illegal|suspicious|mismatch|
    doesnt match|not match|softfail|permerror|unauthenticated|rejected|reject|violation|refused|forged|broken`,
  AUTHN: 'spf|openspf|dkim|dmarc|domainkeys|domain keys|senderid|sender id|sender policy framework|arc|dmarc policy|spf record|dkim signature|domainkey',
  LATER: `
    later|again|try again|try later|retry|temporarily|temporary|temporaire|temporairement|please wait|plus tard|moment|minutes|minute|
    spater|mas tarde|позже|稍后`,
  BUSY: `
    busy|overloaded|overload|unavailable|not available|not responding|down|maintenance|out of service|resources|resource|congested|loaded|
    load average|high load|too busy|indisponible|ausgelastet|surcharge|недоступен|繁忙`,
  RELAY: 'relay|relaying|relayed|relays|relayhost|relai|relais|gateway|third party|中继|ретрансляция',
  RATE: `
    rate|rates|frequency|frequent|throttled|throttle|throttling|too fast|too frequently|too often|quickly|velocity|flood|flooding|speed|
    speeding|bursts|volume|volumes|频率`,
  HOPS: 'hops|hop|loop|loops|looping|mail loop|hopcount|received headers|routing loop|boucle|schleife|forwarded more than',
  TLS: 'tls|starttls|ssl|encryption|encrypted|encrypt|unencrypted|certificate|cipher|handshake',
  AUTH: `
    authentication|authenticate|authenticated|auth|login|log in|logged in|credentials|password|smtp auth|authentifizierung|authentification|
    autenticacion|autenticacao|авторизация|аутентификация|认证`,
} as const satisfies Record<string, string>;
