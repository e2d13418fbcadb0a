/** A user, a mailbox, an address, in other languages than English and in the forms that they have in a sentence. */
const PLACES_ABROAD = `
  empfänger|empfängers|empfängeradresse|empfängeradressen|adresse|adressen|adressat|benutzer|benutzers|benutzername|benutzerkonto|nutzer|
  postfach|postfachs|konto|kontos|mailkonto|mailadresse|emailadresse|e mail adresse|mail adresse|teilnehmer|boite|boite mail|
  boite aux lettres|boite de reception|adresse email|adresse mail|adresse electronique|compte|destinataire|destinataires|utilisateur|
  utilisateurs|abonne|cuenta|cuentas|cuenta de correo|buzon|buzones|casilla|casilla de correo|bandeja de entrada|usuario|usuarios|
  destinatario|destinatarios|direccion|direcciones|correo|correo electronico|usuari|bustia|utente|utenti|casella|caselle|casella di posta|
  indirizzo|indirizzi|destinatari|endereco|enderecos|conta|contas|caixa|caixa postal|caixa de correio|caixa de entrada|utilizador|odbiorca|
  odbiorcy|adres|adresu|adresat|adresata|konta|skrzynka|skrzynki|skrzynce|skrzynka pocztowa|uzytkownik|uzytkownika|gebruiker|gebruikers|
  geadresseerde|ontvanger|postvak|mailadres|emailadres|mottagare|mottagaren|användare|användaren|brevlåda|brevlådan|kontot|kontoen|brukeren|
  bruker|mottaker|mottakeren|postboks|bruger|brugeren|modtager|modtageren|postkasse|postkassen|käyttäjä|käyttäjää|vastaanottaja|
  vastaanottajaa|saaja|osoite|osoitetta|postilaatikko|kasutaja|uzivatel|uzivatele|prijemce|schranka|schranky|adresa|pouzivatel|felhasznalo|
  cimzett|postafiok|fiok|kullanici|alici|hesap|posta kutusu|utilizator|utilizatorul|destinatarul|contul|korisnik|korisnika|primatelj|
  uporabnik|prejemnik|naslov|получатель|получателя|получателей|пользователь|пользователя|почтовый ящик|ящик|ящика|адрес|адреса|адресат|
  адресата|абонент|учетная запись|аккаунт|користувач|користувача|одержувач|отримувач|скринька|потребител|получател|χρηστης|παραληπτης|
  λογαριασμος|διευθυνση|nguoi dung|nguoi nhan|tai khoan|hop thu|pengguna|penerima|akun|用户|用户名|收件人|收件者|收信人|邮箱|邮箱地址|邮件地址|使用者|帳號|帐号|账号|账户|帐户|
  信箱|郵箱|宛先|宛先アドレス|ユーザー|ユーザ|メールアドレス|アドレス|メールボックス|受信者|アカウント|사용자|수신자|계정|메일함|메일박스|사서함|받는 사람`;

/** That there is none. */
const ABSENT_ABROAD = `
  nie istnieje|nieznany|nie ma takiego|nie znaleziono|ne obstaja|nem letezik|ismeretlen|existe pas|existe plus|pas valide|pas trouve|
  n existe pas|inconnu|inconnue|introuvable|non valide|existiert nicht|existiert nicht mehr|gibt es nicht|nicht vorhanden|
  nicht gefunden|nicht gefunden werden|nicht bekannt|unbekannt|ungültig|nicht gültig|no existe|no valido|no valida|invalido|invalida|
  incorrecto|incorrecta|erroneo|errato|errata|no encontrada|no se encontro|inexistente|inexistant|desconocido|desconocida|no encontrado|
  non esiste|non esistente|inesistente|sconosciuto|sconosciuta|non trovato|non trovata|non valido|non valida|nao existe|nao encontrado|
  nao encontrada|desconhecido|desconhecida|bestaat niet|niet gevonden|onbekend|ongeldig|finns inte|okänd|ukjent|ukendt|findes ikke|
  finnes ikke|tuntematon|neexistuje|neznamy|bulunamadi|не существует|не найден|не найдена|неизвестен|не зарегистрирован|не существовать|
  неизвестный|неверный|недействителен|не найдено|нет такого|не обнаружен|不存在|无效|未找到|没有找到|找不到|存在しません|見つかりません|ありません|不明|falsch|fehlerhaft|
  nicht eingerichtet|ungültige|ungültiger|ungültiges|unbekannte|unbekannter|existieren nicht|nicht zustellbar|mal formee|errone|
  erronee|inexistante|n est pas valide|est pas reconnu|est pas connu|est pas connue|est inconnu|inconnus|no se encuentra|no esta registrado|
  no esta registrada|no registrado|no registrada|no corresponde|no es valida|no es valido|no fue encontrado|no fue encontrada|
  no fue localizado|nao cadastrado|nao cadastrada|nao registrado|nao localizado|nao localizada|nao e valido|nao foi encontrado|invalidos|
  invalidas|nie odnaleziono|bledny|bledna|nieprawidlowy|nieprawidlowa|nieistniejacy|nieistniejace|nieznana|nieznane|nie znany|
  non raggiungibile|non corretto|non presente|non risulta|inesistenti|sconosciuti|niet bekend|niet geldig|bestaan niet|ei loydy|
  ei ole olemassa|nenalezen|nenalezena|neplatny|neplatna|nem letezo|nem talalhato|gecersiz|mevcut degil|yok|ikke funnet|hittades inte|
  existerar inte|eksisterer ikke|не существующий|не найдены|неизвестный адрес|неверно|отсутствует|查無|查无|無此|沒有此|没有此|無效|不存在的|不正确|不正確|
  登録されていません|宛先不明|存在しない|존재하지 않|없는|없습니다|찾을 수 없|nu exista|necunoscut|necunoscuta|inexistent|ne postoji|nepoznat|nepoznata|neznan|
  не знайдено|не існує|невідомий|не съществува|непознат|αγνωστος|δεν υπαρχει|δεν βρεθηκε|no existeix|desconegut|khong ton tai|
  khong tim thay|tidak dikenal|tidak ditemukan|tidak ada|tidak terdaftar|bulunmuyor|bilinmeyen|tanımsız|ei ole|finns ej|saknas|kendes ikke|
  nie ma|nie ma takiej|未开通|未启用|未激活|未注册|没有开通|尚未开通|未開通|没有该|没有这个|沒有這個|查无此|查無此|gibt es hier nicht|gibt es nicht mehr|il n y a pas|не знайдений|
  не обнаружена|未登録|impossibile trovare|impossible de trouver|brak|brak takiego|brak takiej|несуществующий|не существующего|いません|无法找到|沒有找到`;

/** Each of these before each of those: "your" and "the client's" are said of many things. */
const each = (before: string, after: string): string => before.split('|').flatMap((one) => after.split('|').map((other) => `${one} ${other}`)).join('|');

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
    destination|@addr|${PLACES_ABROAD}`,
  /** A mail address or what it leads to, in the words of people. */
  ADDRESS: `
    address|email address|email|mail address|destination|destination address|destination mailbox|recipient address|recipient email|mailaddress|
    emailaddress|address name|virtual user|local user|@addr|empfangeradresse|destin|kayttaja|${PLACES_ABROAD}`,
  /** Only what cannot be the sender's: no bare "address". */
  PERSON: `
    recipient|recipients|rcpt|user|users|username|userid|mailbox|mailboxes|account|accounts|addressee|addressees|inbox|alias|member|subscriber|
    customer|person|people|local part|name|user id|mail id|email id|login|login name|nickname|maildrop|mail drop|mailname|employee|mailbox user|
    virtual user|local user|email account|mail account|user account|email user|mail user|addresses|toaddress`,
  MAILBOX: `
    mailbox|mail box|inbox|user|account|recipient|recipients|folder|mail folder|maildir|email account|box|customer|postfach|
    postfach des empfängers|boite|casella|buzon|cuenta|konto|compte|destinataire|ящик|邮箱|mail|home directory|destination mailbox|@addr|caixa|
    caixa postal|caixa de correio|correo|conta|skrzynka|schranka|postafiok|fiok|posta kutusu|kutu|postvak|brevlada|inkorg|postilaatikko|casilla|
    buzones|boite mail|boite aux lettres|utente|usuario|destinatario|empfänger|empfängers|benutzer|benutzers|почтовый ящик|ящика|收件箱|信箱|收件人邮箱|
    メールボックス|사서함|메일박스|메일함|storage|mailspace|mail space|user account|mail account|diskspace|allotment`,
  /** Said of something that is not there. */
  ABSENT: `
    unknown|not exist|nonexist|nonexistent|non existent|non existing|does not exist|doesnt exist|dont exist|do not exist|no longer exist|
    no longer exists|not currently exist|not found|notfound|not be found|couldnt be found|cant be found|wasnt found|was not found|not known|
    not recognized|not recognised|not listed|not in directory|not in our directory|not in recipient list|not valid|isnt valid|no longer valid|
    no longer here|invalid|unrecognized|unrecognised|undefined|misspelled|mistyped|incorrect|nonvalid|no such|not local|not our customer|
    unknown here|not available here|doesnt live here|not belong|not configured|not a user|not known here|no longer on|not a valid|not present|
    not registered|unregistered|is not here|not our user|not in our database|not in database|cannot be found|can not be found|not real|
    dosnt exist|doesn exist|do not exists|not exists|not existing|non existant|nonexistant|unexisting|not used|not on file|not handled|
    not hosted|not served|not deliverable|cannot be reached|unreachable here|not a member here|does not live here|not part of|unused|not in use|
    never existed|not exits|does not exits|doesnt exists|no exist|no exists|isnt exist|is not exist|unlisted|not assigned|not in service here|
    not provisioned|not subscribed|hasnt got|isnt local|unresolvable|not resolvable|unmatched|not match any|nonlocal|not reside|doesnt reside|
    has no mailbox|has no account|not defined|not setup|not set up|not created|not allocated|never created|is wrong|mistaken|faulty|is bad|
    not correct|isnt correct|not a real|not an existing|not an account|not our customers|not one of our|not in our system|not in the system|
    not in this system|not on our system|not on this server|not on this system|not on our server|not at this|could not be matched|no existing|
    does no exist|does no exists|nonexisting|not among|no matching|must exist|not yet exist|been deleted|was deleted|might have been deleted|
    not deliverable address|not accepted here|not resolved|can not found|cannot found|cant found|not fount|unknow|unknowned|unkown|
    not be located|could not locate|cannot locate|unable to locate|${ABSENT_ABROAD}`,
  /** Without the English ones: in other languages it may stand before what it is said of. */
  ABSENT_ABROAD,
  PLACES_ABROAD,
  NO_SUCH: `
    no such|wrong|no|not a|not an|not any|unknown|invalid|unrecognized|nonexistent|non existent|bad|illegal|undefined|incorrect|kein|keine|
    ningun|ninguna|aucun|aucune|nessun|nessuna|nenhum|geen|нет такого|нет|unknow|unkown|no existing|no valid|not one|no matching|not our|
    kein solcher|keinen|onbekende|ongeldige|okänd|neznamy|nieznany|desconocido|desconocida|desconhecido|inconnu|inconnue|sconosciuto|
    inesistente|inexistente|invalido|ungültige|unbekannter|unbekannte|неверный|неизвестный|несуществующий|无此|沒有此|查無此|없는`,
  /** Said of a mailbox that is no longer in use. */
  INACTIVE: `
    disabled|disabling|inactive|inactivity|not logged in|inactivated|noactivity|no activity|deactivated|suspended|suspend|discontinued|expired|
    closed|terminated|deleted|cancelled|canceled|retired|abandoned|blocked due to inactivity|temporarily locked|locked|not been activated|
    no longer exists due to inactivity|placed on hold|on hold|on leave|in suspension|long time inactivity|lack of use|non use|not been used|
    no longer maintained|no longer monitored|no longer accepts|no longer receives|no longer exist here|barred|quarantined|frozen|has moved|
    not active|no longer active|no longer available|no longer in use|no longer on server|not activated|dormant|been removed|decommissioned|
    deprovisioned|unsubscribed|ceased|gesperrt|nicht mehr aktiv|nicht mehr verfügbar|nicht mehr gültig|nicht mehr in gebrauch|inaktiv|gelöscht|
    stillgelegt|deaktiviert|desactive|desactivee|suspendu|suspendue|bloque|bloquee|ferme|fermee|inactif|deshabilitada|deshabilitado|desactivada|
    desactivado|desativada|desativado|suspendida|suspendido|suspensa|bloqueada|bloqueado|inactivo|inactiva|inativo|inativa|expirada|expirado|
    caducada|falta de uso|disattivata|disattivato|bloccato|bloccata|inutilizzo|inattivo|inattiva|scaduto|scaduta|disabilitato|disabilitata|
    nieaktywne|nieaktywny|zablokowane|zablokowany|geblokkeerd|neaktivni|заблокирован|заблокирована|отключен|неактивен|удален|удалена|
    деактивирован|приостановлен|停用|禁用|已停用|冻结|注销|無効|receiving disabled|hangup|hung up|dormancy|hibernated|hibernating|hibernation|hasnt entered|
    not entered|hasnt logged|never logged|extended inactivity|long inactivity|no longer receiving|no longer receives mail|switched off|
    turned off|out of use|obsolete|defunct|deregistered|was removed|is removed|got removed|vacated|locked or suspended|pending deletion|purged|disused|deprecated|unpaid|
    nonpayment|non payment|overdue|inactivated due|passive|unactive|deactivated user|not enabled|has been closed|is closed|no longer open|
    no longer exists on|no longer with|no longer valid|no longer accepted|zablokowana|nieaktywna|zamkniete|zamknieta|usuniete|usunieta|usuniety|
    inattive|sospesa|sospeso|chiusa|cessata|dismessa|rimossa|eliminada|eliminado|cancelada|cancelado|encerrada|encerrado|dada de baja|de baja|
    inhabilitada|inhabilitado|dado de baja|aufgelöst|nicht mehr genutzt|nicht mehr benutzt|nicht mehr existent|abgemeldet|gekündigt|abgelaufen|
    ausgeschieden|abgeschaltet|geschlossen|cloture|cloturee|supprime|supprimee|resilie|resiliee|inactive depuis|opgeheven|uitgeschakeld|
    gesloten|verwijderd|niet meer actief|niet meer in gebruik|avslutat|avstangd|stangt|zrusen|zrusena|zruseno|zablokovan|kapali|pasif|
    askiya alinmis|отключена|удалён|закрыт|закрыта|неактивный|деактивирована|не активен|приостановлена|заблокированный|已被禁用|休眠|已过期|过期|暂停|被封|已封|
    挂起|停止使用|停權|停用中|利用停止|停止|解約|휴면|정지|탈퇴|해지|nicht mehr verwendet|nicht mehr erreichbar|nicht mehr existiert|wird nicht mehr|arbeitet nicht mehr|
    nicht mehr im unternehmen|plus utilisée|plus active|plus valide|plus valable|plus en service|n est plus|ya no está en uso|ya no existe|
    ya no está activa|ya no es válida|ya no hay|ya no trabaja|no está activa|no está activo|non è più|non più attivo|non più attiva|
    non più in uso|não está mais|não existe mais|já não existe|usunięta|usunięte|usunięty|zostało usunięte|nie jest już|wyłączone|wyłączona|
    hesap kapalı|askıya alınmış|kapatılmış|больше не используется|больше не существует|отключён|удалено|已关闭|已删除|已注销|已冻结|已锁定|锁定|已離職|已离职|
    lapsed|never activated|not yet activated|not yet active`,
  FULL: `
    full|over quota|overquota|quota full|quota violation|quota issue|quota limit|quota reached|above quota|over limit quota|mailbox limit|
    maximum storage|quota exceeded|quota exceed|exceeded quota|over its quota|over the quota|over disk quota|out of storage|
    insufficient storage|insufficient space|exceeded storage|storage full|not enough space|enough space|enough storage|no space|space left|
    no room|too full|overdrawn|oversized mailbox|out of quota|over quote|exceeding quota|quota violated|full quota|limit quota|quota exhausted|
    quota limit exceeded|storage limit|storage quota|disk quota|space quota|space limit|volle|voll|überfüllt|erschöpft|überlaufen|übervoll|
    pleine|plein|saturee|llena|lleno|llenos|piena|pieno|cheia|cheio|pelna|przepelniona|plna|dolu|vol|переполнен|переполнена|переполнено|容量|已满|
    满了|いっぱい|used up|lack of space|not enough room|out of space|no free space|no more room|out of disk|inode limit|blocks limit|out of room|
    no remaining space|no available space|cheias|llenas|esaurita|esaurito|satura|saturado|saturada|exhausted space|overschreden|pleines|
    przekroczono|zapelniona|zapelnione|megtelt|zaplnena|preplnena|dolmus|taynna|fullt|fylld|voller|volles|speichervolumen|speicherplatz|超出|已超|
    空间已满|容量不足|爆满|溢出|超過|가득|초과|용량|lotada|lotado|cota|esgotada|esgotado|pełna|pełny|przepełniona|kotası dolmuş|fuld|opbrugt|overflow|overflowed|
    at capacity|plná|γεματο|penuh|plina|puna|повна|пълна|saturé|pleno|excedida la cuota|limite de almacenamiento`,
  EXCEEDED: `
    exceeded|exceed|exceeds|exceeding|over|reached|hit|above|beyond|surpassed|too many|excess|exhausted|depasse|depassee|überschritten|superado|
    превышен|превышена|超过|exeeded|over the|overdrawn|more than|surpasses|overschreden|przekroczono|przekroczony|przekroczona|excedido|excedida|
    ultrapassado|ultrapassou|ha superato|superata|superato|superada|übersteigt|überschreitet|超出|超過|초과|dépassé|dépassée|dépasse|excede|supera|
    superó|ueberschritten|превышает|превышено|超限|超出了|超过了|達到|达到|过多|過多|太多|overskredet|överskriden|ylitetty|překročena|překročen|túllépte|aşıldı|
    aşıyor|depășit`,
  REFUSED: `
    rejected|reject|rejecting|rejection|refused|refuse|denied|deny|blocked|block|bounced|not accepted|not accept|not be accepted|
    wont be accepted|does not accept|doesnt accept|not allowed|disallowed|forbidden|prohibited|declined|dropped|discarded|not permitted|
    disapproved|unwanted|undeliverable|not delivered|not welcome|returned|cannot be delivered|wasnt delivered|not like|not be delivered|
    unacceptable|abgelehnt|zurückgewiesen|verweigert|refusee|rejete|rejetee|rechazado|rechazada|rifiutato|odrzucona|отклонено|отклонен|拒绝|拒收|
    odrzucony|odrzucono|odmowa|abgewiesen|verworfen|nicht angenommen|geweigerd|afgewezen|rifiutata|respinto|respinta|respinti|rechazados|
    denegado|denegada|recusado|recusada|rejeitado|rejeitada|avvisad|nekad|odmitnuto|odmitnuta|zamitnuto|elutasitva|reddedildi|отвергнуто|
    отклонена|отказано|запрещено|запрещен|不接受|拒絕|拒絶|拒否|거부|차단|被拒|refusé|bloqueado|bloqueada|bloccato|bloccata|bloqué|bloquée|gesperrt|blockiert|
    zablokowany|zablokowana|zablokowane|geblokkeerd|blockerad|blokeret|blokkert|estetty|blokován|letiltva|engellendi|engellenmiş|blocat|
    заблокирован|заблокирована|屏蔽|封禁|禁止|不允许|不允許|nicht erlaubt|nicht gestattet|no permitido|no permitida|non autorisé|pas autorisé|
    non consentito|não permitido|niedozwolone|niet toegestaan|interdit|interdite|interdits|non permesso|non permessa|nicht zulässig|
    ikke tillatt|ikke tilladt|inte tillåtet|недопустимо|запрещена`,
  LISTED: `
    blacklisted|blacklist|black listed|blacklists|black list|blackholed|blocklisted|blocklist|block list|blocked list|blocking list|denylist|
    denylisted|deny list|blackhole list|reject list|bad senders list|listed|rbl|dnsbl|dnsrbl|rbls|dnsbls|realtime block|real time block|banned|
    lista negra|liste noire|schwarzen liste|blackliste|черном списке|черный список|黑名单|列入黑名单|黑名單|czarnej liście|listas negras|lista nera|
    zwarte lijst|svartlistad|sortlistet|svartelistet|schwarze liste|kara liste|ブラックリスト|블랙리스트`,
  /** Names of lists and reputation services. */
  BLOCKLIST: `
    spamhaus|zen spamhaus|sbl|xbl|pbl|css|spamcop|sorbs|barracudacentral|barracudanetworks|barracuda|senderscore|sender score|uceprotect|njabl|
    dsbl|ordb|surriel|psbl|mailspike|manitu|spamrats|truncate|invaluement|nixspam|abuseat|cbl|hostkarma|junkemailfilter|trustedsource|
    senderbase|cloudmark|csi|spambag|mail abuse|trend micro|ipcheck|lashback|spamcannibal|backscatterer|ahbl|abusix|spameatingmonkey|wpbl|
    five ten sg|0spam|fabel|ivmsip|hetrixtools|proofpoint|sophos|ironport|return path reputation|returnpath|talos|gbudb|dnswl|habeas|spamtrap|
    spamtraps`,
  /** Lists of domains and links, not of addresses. */
  URLLIST: 'uribl|surbl|dbl|rhsbl|ivmuri|url blacklist|url block list|uri blacklist|phishtank',
  IP: `
    ip|ips|@ip|ip address|ip addresses|ipaddress|ipv4|ipv6|client host|host|client|server|mail server|mailserver|connection|connections|
    connecting|mta|sending host|sending server|sender ip|source ip|your server|network|range|relay|adresse ip|netblock|hostname|@host|serveur|
    servidor|сервер|сервера|服务器`,
  SENDER: `
    @sender-rejected|sender|senders|from address|from addresses|mail from|mailfrom|return path|return address|envelope sender|envelope from|
    sending address|sender address|reply address|reply to address|originator|reply to mailbox|reply to user|reply to domain|reverse path|from domain|sender domain|return email|return mail|absender|absenders|
    absenderadresse|absenderdomain|expéditeur|émetteur|expeditrice|remitente|remitentes|remitent|mittente|remetente|nadawca|nadawcy|afzender|
    avsändare|avsändaren|avsender|avsenderen|afsender|afsenderen|lähettäjä|lähettäjän|odesílatel|odesílatele|odosielateľ|feladó|gönderen|
    göndericinin|gönderici|expeditor|expeditorul|pošiljatelj|отправитель|отправителя|отправителю|відправник|відправника|подател|αποστολεας|
    nguoi gui|pengirim|发件人|发信人|寄件者|寄件人|发送者|寄件人地址|送信者|送信元|差出人|발신자|보낸 사람|송신자`,
  /** Said of our own side in a way that cannot mean the recipient. */
  OURS: `
    ${each('your|your own|your sender|your from|sending|originating|authenticated|submitting|login', 'address|email address|e mail address|mail address|email account|mailbox|domain|domain name|mail domain|email domain|account|user|username|identity')}|
    ${each('from', 'user|mailbox|account|email address|identity')}|you are sending from|you sent from|you send from|you are using as sender|used as sender|relay user|relay account|smtp user|smtp account|
    your sending domain|votre adresse|votre domaine|votre compte|ihre adresse|ihre domain|ihr konto|su direccion|su dominio|su cuenta|
    tu cuenta|il tuo indirizzo|il tuo dominio|seu endereco|seu dominio|sua conta|ваш адрес|ваш домен|您的邮箱|您的域名|您的地址|您的帐号|您的账号|
    你的邮箱|你的域名`,
  /** The computer that speaks to the server: ours. */
  CLIENT: `
    client|@host @ip|host @ip|@client-rejected|@helo-rejected|helo|ehlo|helohost|
    ${each('client|connecting|sending|your|remote client|sending mail', 'host|hostname|host name|name|server|server name|mail server|mailserver|mta|machine|system|ip|ip address|ip addresses|client|mx')}|
    ${each('helo|ehlo', 'name|host|hostname|domain')}`,
  /** Of mail without a sender, which answers a mail that was never sent. */
  BOUNCE: `
    backscatter|batv|prvs|bounce address|bounce addresses|bounce tag|bounce message not|null sender|null senders|empty sender|null return path|
    empty return path|null reverse path|empty envelope sender|null envelope sender|never sends mail|never send mail|does not send mail|
    not sent from this|not sent by this|was not sent from|was not sent by|did not send|bounceattack`,
  /** What a login needs, in a reply that says it was wrong. */
  SECRET: `
    pass|password|passwort|kennwort|credentials|contraseña|clave|mot de passe|senha|hasło|wachtwoord|lösenord|heslo|jelszo|şifre|parola|пароль|
    пароля|密码|密碼|パスワード|비밀번호`,
  /** What is no user, mailbox or domain, and can be missing or off, too. */
  THING: `
    feature|features|function|functionality|forwarding|forwarder|file|files|template|page|website|web site|plan|hosting plan|hosting account|package|licence|license|
    subscription plan|port|protocol|option|options|module|plugin|script|rule|filter|certificate|key|api key|token|webhook|
    queue|route|table|relay|smtp service|web service|smtp|imap|pop3|starttls|tls|session|connection|record|records|signature|selector|header|headers|charset|encoding|
    policy|policies|campaign|content|attachment|link|links|url|image|archiving|journaling|autoresponder|sending|outgoing mail|outbound mail|mail sending|
    smtp sending|smtp access|relaying|authentication|login|password|credentials|method|mechanism|extension|parameter|cipher|funktion|weiterleitung|fonction|función|funzione|
    função|функция|plugin|gateway|milter|scanner|dns record|spf record|dkim record|public key|dkim key|user agent|message id|software|character set`,
  DOMAIN_ABROAD: `
    domaine|domaines|domäne|dominio|dominios|domini|domena|domeny|domenę|domein|domän|domänen|domæne|domene|doména|domény|domeniul|domeniu|
    alan adı|домен|домена|домену|домене|域名|網域|网域|ドメイン|도메인|tên miền|domeinnaam`,
  TOO_LARGE: `
    too large|too big|too long|oversized|oversize|zu groß|zu lang|zu umfangreich|trop gros|trop grand|trop volumineux|trop long|
    demasiado grande|demasiado largo|muy grande|muito grande|grande demais|troppo grande|troppo grosso|za duża|za duży|zbyt duża|zbyt duży|
    te groot|för stort|for stor|for stort|příliš velká|príliš veľká|túl nagy|çok büyük|prea mare|слишком большой|слишком большое|слишком велик|
    слишком велико|過大|过大|太大|超大|大きすぎ`,
  MESSAGE_ABROAD: `
    nachricht|mail|email|e mail|message|courriel|mensaje|correo|messaggio|mensagem|wiadomość|bericht|meddelande|meddelelse|melding|zpráva|
    üzenet|mesaj|mesajul|письмо|письма|сообщение|сообщения|邮件|郵件|信件|附件|メール|メッセージ|메일`,
  SPAM: `
    spam|spammy|spams|spamming|spammer|spammers|advertising|advertisement|commercial email|commercial e mail|commercial mail|
    unsolicited commercial|ube|uce|junk|junk mail|bulk mail|unsolicited|unsolicited mail|unsolicited email|unsolicited bulk|unsolicited content|
    spamassassin|spam assassin|anti spam|antispam|phish|phishing|scam|spamhalter|dspam|bogofilter|spamlike|spam like|spamlist|spamscore|
    solicite|no deseado|indesirable|спам|спама|спамом|垃圾邮件|junkmail|spamtext|spambomb|spam bomb|spam contents|advertisements|
    unsolicited messages|antyspamowy|antyspamowa|spamu|spamem|nevyzadana|roskapostia|skrappost|istenmeyen|werbung|unerwünschte|pourriel|
    publicite|publicitaire|non sollicite|correo basura|correo no deseado|lixo eletronico|indesiderata|indesejado|垃圾信|垃圾|迷惑メール|스팸|рассылка|
    нежелательная|нежелательное`,
  VIRUS: `
    virus|viruses|viral|malware|malicious|worm|trojan|infected|infection|infections|infizierte|infecte|infectado|infetto|ransomware|exploit|
    executable|banned file|dangerous|virusdetected|вирус|病毒|schadcode|macro|macros|vba|spyware|exploits|malicious code|wirus|virusinfected|
    infected file|заражен|ウイルス|바이러스`,
  POLICY: `
    policy|policies|policyviolation|mailpolicy|rule|rules|restriction|restrictions|administratively|administrative|administrator|regulations|
    politique|richtlinie|richtlinien|politica|политика|策略`,
  PTR: `
    ptr|reverse dns|rdns|reverse lookup|reverse hostname|reverse host name|reverse name|reverse record|reverse entry|reverse mapping|
    reverse address|reverse domain|forward confirmed|fcrdns|in addr arpa|no hostname|helo|ehlo|helo name|helo command|inverse|pointer record|
    reverse resolution`,
  FAILED: `
    failed|fail|fails|failing|failure|invalid|missing|not|no|none|did not pass|didnt pass|doesnt|does not|bad|wrong|unable|cannot|cant|
    could not|couldnt|without|not found|lacks|error|errors|must|require|requires|required|denied|check|illegal|suspicious|mismatch|doesnt match|
    not match|softfail|permerror|unauthenticated|rejected|reject|violation|refused|forged|broken`,
  AUTHN: 'spf|openspf|dkim|dmarc|domainkeys|domain keys|senderid|sender id|sender policy framework|arc|dmarc policy|spf record|dkim signature|domainkey',
  LATER: `
    later|again|try again|try later|retry|temporarily|temporary|temporaire|temporairement|please wait|plus tard|moment|minutes|minute|später|
    mas tarde|позже|稍后|try back|trying again|shortly|a while|some time|momentarily|momentanement|nuevamente|de nouveau|pozniej|posteriormente|
    piu tardi|riprova|riprovare|tente novamente|mais tarde|intente|senare|daha sonra|pozdeji|kesobb|erneut|nochmal|попробуйте|повторите|后再试|再试|
    後で|나중에|稍後|再試`,
  BUSY: `
    busy|overloaded|overload|unavailable|not available|not responding|down|maintenance|out of service|resources|resource|congested|loaded|
    load average|high load|too busy|indisponible|ausgelastet|surcharge|недоступен|繁忙|overloading|not accessible|inaccessible|not operational|
    malfunction|closed for|nicht verfugbar|nicht erreichbar|occupe|ocupado|no disponible|indisponivel|non disponibile|niedostepny|niedostepna|
    onbereikbaar|недоступна|不可用|忙|繁忙中|混雑`,
  RELAY: 'relay|relaying|relayed|relays|relayhost|relai|relais|gateway|third party|中继|转发|ретрансляция',
  RATE: `
    rate|rates|frequency|frequent|throttled|throttle|throttling|too fast|too frequently|too often|quickly|velocity|flood|flooding|speed|
    speeding|bursts|volume|volumes|频率`,
  HOPS: 'hops|hop|loop|loops|looping|mail loop|hopcount|received headers|routing loop|boucle|schleife|forwarded more than',
  TLS: 'tls|starttls|ssl|encryption|encrypted|encrypt|unencrypted|certificate|cipher|handshake',
  AUTH: `
    authentication|authenticate|authenticated|auth|login|log in|logged in|credentials|password|smtp auth|authentifizierung|authentification|
    autenticacion|autenticacao|авторизация|аутентификация|认证`,
} as const satisfies Record<string, string>;
