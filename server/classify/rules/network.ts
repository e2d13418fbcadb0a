/** Phrases of the way and of the hour: loops, time that ran out, look-ups and connections that failed just now. */
import type { Rule } from '../rule.ts';

export const NETWORK_RULES: readonly Rule[] = [
  {
    id: 'loop', class: 'routing',
    when: [
      '(mail|routing|forwarding|message|delivery|email|dns|infinite) ~1 (loop|loops|looping)', '(loop|looping) (detected|back|to|found)',
      'looping ~1 (message|mail)', '(in|into) a loop', 'mxloopback', '(message|mail|email) ~1 (is|are|was) looping',
      '(mailschleife|schleife|boucle|bucle|петля)', 'too many (hops|received)', '(hop|hops) ~2 (count|exceeded|limit)', 'EXCEEDED ~3 (hops|hop)',
      '(loop|loops|looped) back', '(points|point) back', '(server|host|name server|between|alias|forward|dns) ~2 (loop|loops|looping)',
      '(visited|passed|travelled|through|forwarded|relayed) ~2 too many (hosts|servers|times|hops)', 'looping between',
      '(number of|many) ~2 received ~4 (headers|header|EXCEEDED)', 'received ~3 (headers|lines) ~3 EXCEEDED', 'same mail exchanger',
      'best preference mx', 'lowest numbered mx', 'mx ~3 points to (local|us|me|itself)', 'forwarded more than', 'hopcount', 'mailloop',
      'maximum ~3 hops', 'already ~3 delivered through', '(hosted|handled|served) ~2 (another|different|other) (server|host|system|provider)', 'wrong ~3 region', 'misrouted', 'loop count', '(loop|hops) ~2 (exceeded|limit|maximum)',
    ],
    samples: ['554 Mail loop detected.', '554 5.4.6 Too many hops', '554 5.4.6 Message exceeded 50 hops, this may indicate a mail loop.'],
  },

  {
    id: 'expired.queue', class: 'expired',
    when: [
      'queue expired', 'retry time exceeded', '(in|on) ~1 queue for ~3 (days|hours)',
      '(tage|tagen|stunden|jours|heures|dias|horas|giorni|ore) ~4 (nicht zugestellt|pas pu etre|no se ha podido|non e stato possibile)',
      '(nicht zugestellt|pas pu etre remis|pas pu etre delivre|no se ha podido entregar|no pudo ser entregado) ~5 (tage|tagen|stunden|jours|heures|dias|horas)',
      '(been|are) trying to (deliver|send) ~6 (hours|days|hour|day)', '(number|maximum) ~2 retries ~3 (reached|exceeded)', '(投递|发送) ~3 (超时|过期)',
      '(message|mail) expired', 'expired in ~2 queue', 'unable to deliver this message after', 'not delivered within', 'all hosts have been failing',
      'will be retried', 'will keep trying', 'continue to try', 'has been delayed', 'delivery (delayed|delay)', 'is delayed', 'warning message only',
      'could not be delivered (for|within) ~3 (hours|days|minutes)', '(after|for) ~3 (days|hours|day) ~3 (giving up|gave up|unable)',
      'not ~1 been delivered', 'still ~1 (retried|tried)', '(max|maximum) ~2 (age|retries|retry) ~2 (exceeded|reached)', 'delivery time expired',
      'time expired', 'past ~1 expiration', 'has expired ~2 (queue|message)', 'undeliverable for', 'being unable to connect successfully',
      'not yet been delivered', 'not been able to deliver', 'still trying', 'not yet delivered', 'delivery attempts will continue', 'no later than',
      'trying to send', 'retry your message', 'host is not responding', 'failed ~2 attempts', 'attempts ~2 failed', 'delivery expired',
      'message too old', '(message|mail) ~2 (too old|is old)', '(given|gave) up ~3 after', 'max time without delivery',
      '(exceeded|reached) ~2 max ~1 time', 'attempts ~2 exhausted', 'still undelivered', 'remains undelivered',
      '(stopped|giving up|abandoned) ~1 (trying|delivery|retrying|attempts)', 'retries exhausted',
    ],
    unless: [
      '(system|server) error', 'SPAM', 'content rejected', 'message content', 'VIRUS', 'FULL ~6 retry', 'account ~3 expired', 'mailbox ~3 expired',
      'connection timed out', 'save to',
    ],
    samples: [
      '550 4.4.7 QUEUE.Expired; message expired in the queue',
      'unable to deliver this message after 1 day',
      'all hosts have been failing for a long time and were last tried after this message arrived',
    ],
  },
  {
    id: 'server.lookup-now', class: 'server_error', code: [4],
    when: [
      '(lookup|verify|validate|check|look up|determine|verifying|checking) ~3 (recipient|user|mailbox|account|alias|recipients) & (LATER|failed|error|cannot|cant|unable|could not|couldnt|at this time|timeout)',
      '(recipient|user|mailbox|account|alias) ~1 (lookup|verification|validation|status) ~3 (failed|error|unknown|pending|unavailable)',
    ],
    unless: [
      'SENDER', 'FULL', 'TLS', 'AUTHN', 'AUTH', '(user|recipient|mailbox|account) (unknown|not found|does not exist|doesnt exist|unknown in)',
      '(no such|unknown) (user|recipient|mailbox)', 'RATE', 'timed out', 'connect', 'dns', 'domain',
    ],
    samples: ['451 recipient lookup failed, try later', '450 cannot verify recipient at this time'],
  },
  {
    id: 'network.name-now', class: 'network', code: [4],
    when: ['(host|host name|hostname|name|domain) ~2 ABSENT & LATER'],
    unless: ['SENDER', 'OURS', 'CLIENT', 'user', 'recipient', 'mailbox', 'TLS', 'LISTED', 'triplet'],
    samples: ['450 host unknown, please try again in 5 minutes'],
  },
  {
    id: 'network.connection', class: 'network',
    when: [
      '(econnrefused|etimedout|etimeout|econnreset|ehostunreach|enetunreach|epipe|esocket|eservfail|esocktimedout|eai again|servfail|econnaborted)',
      '(no|none|not|never|cannot|could not) ~3 (mx|mxs|mail exchanger|mail exchangers|mx host|mx hosts|mail servers|hosts) ~6 (reached|contacted|answered|answer|responded|respond|responding|available|reachable)',
      '(mx|mxs|mail exchanger|mail exchangers|mx hosts|mx servers|mail servers) ~3 (unreachable|not reachable|not responding|did not respond|down|unresponsive)',
      '(verbindung|connexion|conexion|connessione|conexao|polaczenie|соединение|подключиться|连接|連接) ~5 (fehlgeschlagen|abgelehnt|zeitüberschreitung|unterbrochen|refusee|depasse|echouee|perdue|interrompue|fallida|rechazada|perdida|agotado|fallita|rifiutata|scaduta|falhou|recusada|сервер|прервано|разорвано|超时|失败|被拒绝|中断|重置)',
      '(无法|不能|не удалось|delai de|tempo limite de|tiempo de|impossible de|impossibile) ~2 (连接|подключиться|соединиться|connexion|conexao|conexion|connecter|stabilire)',
      'zeitüberschreitung', 'host not found try again', 'idle ~1 (timeout|timed out|time out)',
      '(remote|peer|remote host|remote server|other side) ~1 (closed|dropped|reset|disconnected|aborted) ~2 (connection|session)',
      '(did not|didnt|does not|doesnt|not) (answer|respond)',
      '(connection|connect|connecting|session|conversation|host|hostname|server|network|dns|smtp|operation|data|lookup|address|delivery|sender) ~4 (timed out|timeout|time out|timedout)',
      '(connection|connect) ~3 (refused|reset|dropped|lost|failed|closed|broken|aborted|terminated|unexpectedly|interrupted|failure|rejected by peer|died)',
      '(unable|could not|couldnt|cannot|cant|wasnt able|not able|failed|failure|not) ~2 (connect|establish|reach|contact|open connection|make connection|make a connection)',
      'no route to', '(network|host|server|destination) ~2 (unreachable|not reachable)', 'no answer from', 'lost connection', 'connected to ~3 but',
      'temporary ~1 (dns|name)',
      '(dns|name service|name server|hostname|domain|mx|name) ~3 (temporarily|temporary|servfail|server failure|lookup failure|lookup timeout|lookup failed|lookup error|query failed)',
      'could not resolve', 'cannot resolve', 'unable to resolve', 'nameserver', 'name service error', 'name server reply', 'requests to connect',
      'server not reachable', 'deferred connection', 'operation timed out', 'timed out while', 'read error', 'write error', 'broken pipe',
      'timeout exceeded', 'no response from', 'did not respond', '(dropped|lost|refused|reset|aborted|broke) ~1 (connection|session|link)',
      'timeout ~1 (while|waiting|during|after)', 'waiting for ~2 (data|response|reply|client|server|greeting)',
      '(mail server|mailserver|server|host) ~2 (unreachable|cannot be reached|could not be reached|not reached|did not answer|does not answer|no answer)',
      'dns (query|lookup|resolution|error|failure|problem)', '(smtp|rcpt|data|handle|read|write|server|connect) ~1 (timeout|timed out)',
      'recipients server ~3 (temporarily|unavailable)', '(establish|establishing) ~3 connection', 'address lookup', 'name resolution', 'cname lookup',
      'host lookup', 'dns server returned', 'dns error', 'with no data', 'smtp connection', 'bad connection', 'dns lookup', 'host not responding',
      'peer', 'socket', 'network error', 'communication failure', 'connection unexpectedly', 'closing connection timeout',
      'timeout closing connection', 'timeout ~1 waiting',
    ],
    unless: [
      '(connection|connections) ~1 (refused|rejected|denied) from', '(allowed|permitted|welcome|authorized) to connect', 'connect to queue',
      'domain ~2 disabled', 'SENDER ~6 (resolve|address|lookup)', 'RATE', 'too many', 'queue quota', 'tls', 'certificate', 'resolve sender',
      'BLOCKLIST', 'write error or disk', 'ib103', 'connection refused ~4 (listed|poor|has been)', 'retry timeout exceeded', 'spamming',
      'due to abuse', 'lookup failed permanently', '(nxdomain|enotfound|enodata)', '(no such|nonexistent) domain', 'domain lookup failed', 'OURS',
      'doesnt receive', 'does not receive', 'domain name not found', 'ip address', 'poor reputation',
      '(recipient|user|mailbox) ~1 (not found|unknown|not exist)', 'no such ~1 (mailbox|user|recipient|address|account)',
      '(connect|connecting|connection) ~1 to ~2 (database|ldap|directory|mysql|sql|backend|store|milter|filter|amavis|spamd|clamd|policy)',
      '(ip|@ip) ~4 (filtered|blocked|listed|banned|rejected|denied|blacklisted)',
    ],
    samples: [
      'connect to mx.example.test[192.0.2.1]:25: Connection timed out',
      '450 4.1.1 <user@example.net>: Recipient address rejected: unverified address: connect to mx.example.net[198.51.100.7]: No route to host',
      '450 4.4.3 Could not resolve ns1.example.test (#4.4.3)',
    ],
  },

  {
    id: 'server.verifying', class: 'server_error',
    when: [
      'address verification in progress', 'verification ~2 (temporarily|progress|pending)',
      'unverified address ~6 (temporary|temporarily|in progress)',
    ],
    samples: ['421 4.1.1 <user@example.test>: Recipient address rejected: unverified address: Address verification in progress'],
  },
];
