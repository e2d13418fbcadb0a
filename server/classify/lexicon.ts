/**
 * Groups of words that mean the same in a reply, in the languages that
 * replies come in. Rules name a group in capitals. Words are written in full;
 * endings and accents do not matter (see words.ts).
 */
export const LEXICON = {
  /** Whom mail is for, or the place where it lies. */
  RECIPIENT: `
    recipient|recipients|rcpt|user|users|username|user name|mailbox|mail box|mailboxes|inbox|account|email account|mail account|addressee|
    addressees|address|email|email address|e mail address|e mail|mailaddress|mail address|local part|customer|subscriber|person|alias|mail user|
    destination|destinataire|destinatario|destinataires|empfanger|benutzer|benutzerkonto|postfach|mailadresse|emailadresse|konto|kontos|utilisateur|
    boite|adresse|compte|cuenta|buzon|usuario|utente|casella|indirizzo|direccion|endereco|odbiorca|gebruiker|mottagare|bruger|modtager|prijemce|
    uzivatel|alici|kullanici|получатель|получателя|пользователь|пользователя|ящик|ящика|адрес|адресат|адреса|用户|收件人|邮箱|邮箱地址|收信人|宛先|ユーザー|ユーザ|@addr`,
  /** A mail address or what it leads to, in the words of people. */
  ADDRESS: `
    address|email address|email|mail address|destination|destination address|destination mailbox|recipient address|recipient email|mailaddress|
    emailaddress|address name|virtual user|local user|@addr|adresse|adresse email|boite|compte|destinataire|utilisateur|empfanger|empfangeradresse|
    adressat|benutzer|benutzername|postfach|konto|mailadresse|emailadresse|usuario|destinatario|destin|direccion|cuenta|buzon|casilla|utente|
    casella|indirizzo|endereco|conta|caixa|odbiorca|konta|adres|adresat|naslov|gebruiker|geadresseerde|mottagare|bruger|modtager|uzivatel|prijemce|
    получатель|получателя|пользователь|пользователя|ящик|адрес|адресат|用户|用户名|收件人|邮箱|宛先|ユーザー|ユーザ|メールアドレス`,
  /** Only what cannot be the sender's: no bare "address". */
  PERSON: `
    recipient|recipients|rcpt|user|users|username|userid|mailbox|mailboxes|account|accounts|addressee|addressees|inbox|alias|member|subscriber|
    customer|person|people|local part|name`,
  MAILBOX: `
    mailbox|mail box|inbox|user|account|recipient|recipients|folder|mail folder|maildir|email account|box|customer|postfach|mailbox des empfangers|
    boite|casella|buzon|cuenta|konto|compte|destinataire|ящик|邮箱|mail|home directory|destination mailbox|@addr`,
  /** Said of something that is not there. */
  ABSENT: `
    unknown|not exist|nonexist|nonexistent|non existent|non existing|does not exist|doesnt exist|dont exist|do not exist|no longer exist|
    no longer exists|not currently exist|not found|notfound|not be found|couldnt be found|cant be found|wasnt found|was not found|not known|
    not recognized|not recognised|not listed|not in directory|not in our directory|not in recipient list|not valid|isnt valid|no longer valid|
    no longer here|invalid|unrecognized|unrecognised|undefined|misspelled|mistyped|incorrect|nonvalid|no such|not local|not our customer|
    unknown here|not available here|doesnt live here|not belong|not configured|not a user|not known here|no longer on|not a valid|not present|
    not registered|unregistered|is not here|not our user|not in our database|not in database|cannot be found|can not be found|not real|dosnt exist|
    doesn exist|do not exists|not exists|not existing|non existant|nonexistant|unexisting|not used|not on file|not handled|not hosted|not served|
    not deliverable|cannot be reached|unreachable here|not a member here|does not live here|not part of|unused|not in use|never existed|
    nie istnieje|nieznany|nie ma takiego|nie znaleziono|ne obstaja|nem letezik|ismeretlen|existe pas|existe plus|pas valide|pas trouve|n existe pas|
    inconnu|inconnue|introuvable|invalide|non valide|existiert nicht|existiert nicht mehr|gibt es nicht|nicht vorhanden|nicht gefunden|
    nicht gefunden werden|nicht bekannt|unbekannt|ungultig|nicht gultig|no existe|no valido|no valida|invalido|invalida|incorrecto|incorrecta|
    erroneo|errato|errata|no encontrada|no se encontro|inexistente|inexistant|desconocido|desconocida|no encontrado|non esiste|non esistente|
    inesistente|sconosciuto|sconosciuta|non trovato|non trovata|non valido|non valida|nao existe|nao encontrado|nao encontrada|desconhecido|
    desconhecida|bestaat niet|niet gevonden|onbekend|ongeldig|finns inte|okand|ukjent|ukendt|findes ikke|finnes ikke|tuntematon|neexistuje|neznamy|
    bulunamadi|не существует|не найден|не найдена|неизвестен|не зарегистрирован|не существовать|неизвестный|неверный|недействителен|не найдено|
    нет такого|не обнаружен|不存在|无效|未找到|没有找到|找不到|存在しません|見つかりません|ありません|不明`,
  NO_SUCH: `
    no such|wrong|no|not a|not an|not any|unknown|invalid|unrecognized|nonexistent|non existent|bad|illegal|undefined|incorrect|kein|keine|
    ningun|ninguna|aucun|aucune|nessun|nessuna|nenhum|geen|нет такого|нет`,
  /** Said of a mailbox that is no longer in use. */
  INACTIVE: `
    disabled|disabling|inactive|inactivity|not logged in|inactivated|noactivity|no activity|deactivated|suspended|suspend|discontinued|expired|
    closed|terminated|deleted|cancelled|canceled|retired|abandoned|blocked due to inactivity|temporarily locked|locked|not been activated|
    no longer exists due to inactivity|placed on hold|on hold|on leave|in suspension|long time inactivity|lack of use|non use|not been used|
    no longer maintained|no longer monitored|no longer accepts|no longer receives|no longer exist here|barred|quarantined|frozen|has moved|
    not active|no longer active|no longer available|no longer in use|no longer on server|not activated|dormant|been removed|decommissioned|
    deprovisioned|unsubscribed|ceased|gesperrt|nicht mehr aktiv|nicht mehr verfugbar|nicht mehr gultig|nicht mehr in gebrauch|inaktiv|geloscht|
    stillgelegt|deaktiviert|desactive|desactivee|suspendu|suspendue|bloque|bloquee|ferme|fermee|inactif|deshabilitada|deshabilitado|desactivada|
    desactivado|desativada|desativado|suspendida|suspendido|suspensa|bloqueada|bloqueado|inactivo|inactiva|inativo|inativa|expirada|expirado|
    caducada|falta de uso|disattivata|disattivato|bloccato|bloccata|inutilizzo|inattivo|inattiva|scaduto|scaduta|disabilitato|disabilitata|
    nieaktywne|nieaktywny|zablokowane|zablokowany|geblokkeerd|neaktivni|заблокирован|заблокирована|отключен|неактивен|удален|удалена|деактивирован|
    приостановлен|停用|禁用|已停用|冻结|注销|無効`,
  FULL: `
    full|over quota|overquota|quota full|quota violation|quota issue|quota limit|quota reached|above quota|over limit quota|mailbox limit|
    maximum storage|quota exceeded|quota exceed|exceeded quota|over its quota|over the quota|over disk quota|out of storage|insufficient storage|
    insufficient space|exceeded storage|storage full|not enough space|enough space|enough storage|no space|space left|no room|too full|overdrawn|
    oversized mailbox|out of quota|over quote|exceeding quota|quota violated|full quota|limit quota|quota exhausted|quota limit exceeded|
    storage limit|storage quota|disk quota|space quota|space limit|volle|voll|uberfullt|erschopft|uberlaufen|ubervoll|pleine|plein|saturee|llena|
    lleno|llenos|piena|pieno|cheia|cheio|pelna|przepelniona|plna|dolu|vol|переполнен|переполнена|переполнено|容量|已满|满了|いっぱい`,
  EXCEEDED: `
    exceeded|exceed|exceeds|exceeding|over|reached|hit|above|beyond|surpassed|too many|excess|exhausted|depasse|depassee|uberschritten|superado|
    превышен|превышена|超过`,
  REFUSED: `
    rejected|reject|rejecting|rejection|refused|refuse|denied|deny|blocked|block|bounced|not accepted|not accept|not be accepted|wont be accepted|
    does not accept|doesnt accept|not allowed|disallowed|forbidden|prohibited|declined|dropped|discarded|not permitted|disapproved|unwanted|
    undeliverable|not delivered|not welcome|returned|cannot be delivered|wasnt delivered|not like|not be delivered|unacceptable|abgelehnt|
    zuruckgewiesen|verweigert|refusee|rejete|rejetee|rechazado|rechazada|rifiutato|odrzucona|отклонено|отклонен|拒绝|拒收`,
  LISTED: `
    blacklisted|blacklist|black listed|blacklists|black list|blackholed|blocklisted|blocklist|block list|blocked list|blocking list|denylist|
    denylisted|deny list|blackhole list|reject list|bad senders list|listed|rbl|dnsbl|dnsrbl|rbls|dnsbls|listing|realtime block|real time block|
    banned|lista negra|liste noire|schwarzen liste|blackliste|черном списке|черный список|黑名单`,
  /** Names of lists and reputation services. */
  BLOCKLIST: `
    spamhaus|zen spamhaus|sbl|xbl|pbl|css|spamcop|sorbs|barracudacentral|barracudanetworks|barracuda|senderscore|sender score|uceprotect|njabl|dsbl|
    ordb|surriel|psbl|mailspike|manitu|spamrats|truncate|invaluement|nixspam|abuseat|cbl|hostkarma|junkemailfilter|trustedsource|senderbase|
    cloudmark|csi|spambag|mail abuse|trend micro|ipcheck|lashback|spamcannibal|backscatterer|ahbl|abusix|spameatingmonkey|wpbl|five ten sg|0spam|
    fabel|ivmsip|hetrixtools|proofpoint|sophos|ironport|return path|talos|gbudb|dnswl|habeas|spamtrap|spamtraps`,
  /** Lists of domains and links, not of addresses. */
  URLLIST: 'uribl|surbl|dbl|rhsbl|ivmuri|url blacklist|url block list|uri blacklist|phishtank',
  IP: `
    ip|ips|@ip|ip address|ip addresses|ipaddress|ipv4|ipv6|client host|host|client|server|mail server|mailserver|connection|connections|connecting|
    mta|sending host|sending server|sender ip|source ip|your server|network|range|relay|adresse ip|netblock|hostname|@host`,
  SENDER: `
    @sender-rejected|sender|senders|from address|from addresses|mail from|mailfrom|return path|return address|envelope sender|envelope from|
    sending address|sender address|originator|reverse path|from domain|sender domain|return email|return mail|absender|absenderadresse|
    absenderdomain|expediteur|remitente|mittente|remetente|nadawca|afzender|отправитель|отправителя|发件人|发信人|送信者`,
  SPAM: `
    spam|spammy|spams|spamming|spammer|spammers|advertising|advertisement|commercial email|commercial e mail|commercial mail|unsolicited commercial|
    ube|uce|junk|junk mail|bulk mail|unsolicited|unsolicited mail|unsolicited email|unsolicited bulk|unsolicited content|spamassassin|spam assassin|
    anti spam|antispam|phish|phishing|scam|spamhalter|dspam|bogofilter|spamlike|spam like|spamlist|spamscore|solicite|no deseado|indesirable|спам|
    спама|спамом|垃圾邮件`,
  VIRUS: `
    virus|viruses|viral|malware|malicious|worm|trojan|infected|infection|infections|infizierte|infecte|infectado|infetto|ransomware|exploit|
    executable|banned file|dangerous|virusdetected|вирус|病毒|schadcode`,
  POLICY: `
    policy|policies|policyviolation|mailpolicy|rule|rules|restriction|restrictions|administratively|administrative|administrator|regulations|
    politique|richtlinie|richtlinien|politica|политика|策略`,
  PTR: `
    ptr|reverse dns|rdns|reverse lookup|reverse hostname|reverse host name|reverse name|reverse record|reverse entry|reverse mapping|
    reverse address|reverse domain|forward confirmed|fcrdns|in addr arpa|no hostname|helo|ehlo|helo name|helo command|inverse|pointer record|
    reverse resolution`,
  FAILED: `
    failed|fail|fails|failing|failure|invalid|missing|not|no|none|did not pass|didnt pass|doesnt|does not|bad|wrong|unable|cannot|cant|could not|
    couldnt|without|not found|lacks|error|errors|must|require|requires|required|denied|check|illegal|suspicious|mismatch|doesnt match|not match|
    softfail|permerror|unauthenticated|rejected|reject|violation|refused|forged|broken`,
  AUTHN: 'spf|openspf|dkim|dmarc|domainkeys|domain keys|senderid|sender id|sender policy framework|arc|dmarc policy|spf record|dkim signature|domainkey',
  LATER: `
    later|again|try again|try later|retry|temporarily|temporary|temporaire|temporairement|please wait|plus tard|moment|minutes|minute|spater|
    mas tarde|позже|稍后`,
  BUSY: `
    busy|overloaded|overload|unavailable|not available|not responding|down|maintenance|out of service|resources|resource|congested|loaded|
    load average|high load|too busy|indisponible|ausgelastet|surcharge|недоступен|繁忙`,
  RELAY: 'relay|relaying|relayed|relays|relayhost|relai|relais|gateway|third party|中继|ретрансляция',
  RATE: `
    rate|rates|frequency|frequent|throttled|throttle|throttling|too fast|too frequently|too often|quickly|velocity|flood|flooding|speed|speeding|
    bursts|volume|volumes|频率`,
  HOPS: 'hops|hop|loop|loops|looping|mail loop|hopcount|received headers|routing loop|boucle|schleife|forwarded more than',
  TLS: 'tls|starttls|ssl|encryption|encrypted|encrypt|unencrypted|certificate|cipher|handshake',
  AUTH: `
    authentication|authenticate|authenticated|auth|login|log in|logged in|credentials|password|smtp auth|authentifizierung|authentification|
    autenticacion|autenticacao|авторизация|аутентификация|认证`,
} as const satisfies Record<string, string>;
