/**
 * Words that whoever wrote a mail server's replies has often spelled wrong,
 * and what was meant. Only forms that mean nothing else in any language that
 * replies come in.
 */
const WRONG = {
  address: 'adress addres addresse adresss',
  recipient: 'recepient recipent reciepient reciepent recipeint receipient receipent recipiant recipiants recepients recepiant reciptient recpient receiptent',
  forbidden: 'forbided forbiden fobidden forbiddden',
  customer: 'costumer',
  domain: 'doamin domian domaim',
  account: 'acount accout accunt acocunt',
  sender: 'sendor',
  server: 'servr',
  blocked: 'bloked blcoked bloccked',
  limit: 'limt limmit',
  listed: 'lsited',
  allowed: 'alowed alloweed',
  denied: 'deined denyed',
  delivered: 'deliverd delivred',
  found: 'fuond foud',
  user: 'uesr usser',
  closed: 'closd',
  mailbox: 'mailboc mailbos mailbx maibox mailox mialbox malbox',
  unknown: 'unkown unknow uknown unknwon unkonwn unknowed unkwown unkonw unkniwn unknownn',
  exceeded: 'exeeded excedeed exceded exceeeded excceded',
  unavailable: 'unavaiable unavailble unavailabe unavaliable unavialable unavilable unavailible',
  existent: 'existant',
  nonexistent: 'nonexistant',
  exist: 'exsist exsit exits exis exisit exsits exsists',
  doesnt: 'dosnt dosent doesent doensnt doenst',
  connection: 'conection connnection',
  rejected: 'rejeted rejcted',
  refused: 'refussed',
  blacklisted: 'blaklisted blacklited',
  receive: 'recieve',
  received: 'recieved',
  receiving: 'recieving',
  authentication: 'authetication authenication autentication',
  temporarily: 'temporarly temporarely temporarilly temporaly temperarily',
  suspended: 'suspeneded suspened',
  disabled: 'disbled diabled',
  deactivated: 'deactived desactivated',
  quota: 'quata qouta',
  attachment: 'attachement',
  attachments: 'attachements',
  maximum: 'maximun maximium',
  length: 'lenght',
  invalid: 'invaild invlaid inavlid',
  undeliverable: 'undeliverble undelivrable',
  permission: 'permision',
  administratively: 'administrativley administrativly',
};

/**
 * Long words that decide a class: one letter left out, doubled or halved, or
 * two that changed places, is the same word. Known beforehand, so a word of a
 * reply costs one look-up however it is spelled.
 */
const LONG = `
  recipient recipients mailbox mailboxes account accounts addressee unknown existing invalid disabled suspended deactivated inactive expired terminated
  exceeded exceeds rejected refused blocked blacklisted greylisted unavailable available undeliverable nonexistent recognized registered
  directory temporarily temporary connection connections timeout authentication authenticated authorized unauthorized permitted permission
  forbidden prohibited reputation suspicious maximum attachment attachments signature certificate encryption resolve resolved reverse hostname
  unsolicited relaying delivery delivered accepted verification verified validation password credentials username customer subscriber
  overloaded insufficient storage restricted restriction violation messages message
`.trim().split(/\s+/);
/** One slip away from a long word, and a word of its own. */
const RIGHT = new Set(['exiting']);

function slips(word: string): string[] {
  const made: string[] = [];
  for (let i = 1; i < word.length - 1; i++) {
    const before = word.slice(0, i);
    const rest = word.slice(i + 1);
    made.push(before + rest, before + word[i]! + word[i]! + rest);
    if (word[i] !== word[i + 1]) made.push(before + word[i + 1]! + word[i]! + word.slice(i + 2));
  }
  return made;
}

const once = LONG.flatMap((right) => slips(right).map((wrong) => [wrong, right] as const)).filter(([wrong]) => !LONG.includes(wrong) && !RIGHT.has(wrong));
const written = Object.entries(WRONG).flatMap(([right, wrong]) => wrong.split(' ').map((word) => [word, right] as const));
export const MISSPELLED: ReadonlyMap<string, string> = new Map([...once, ...written]);
