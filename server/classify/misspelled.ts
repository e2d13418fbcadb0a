/**
 * Words that whoever wrote a mail server's replies has often spelled wrong,
 * and what was meant. Only forms that mean nothing else in any language that
 * replies come in.
 */
const WRONG = {
  address: 'adress addres addresse adresss',
  recipient: 'recepient recipent reciepient reciepent recipeint receipient receipent recipiant recipiants',
  mailbox: 'mailbx maibox mailox mialbox malbox',
  unknown: 'unkown unknow uknown unknwon unkonwn unknowed',
  exceeded: 'exeeded excedeed exceded exceeeded excceded',
  unavailable: 'unavaiable unavailble unavailabe unavaliable unavialable unavilable unavailible',
  existent: 'existant',
  nonexistent: 'nonexistant',
  exist: 'exsist exsit',
  doesnt: 'dosnt dosent doesent',
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

export const MISSPELLED: ReadonlyMap<string, string> = new Map(Object.entries(WRONG).flatMap(([right, wrong]) => wrong.split(' ').map((word) => [word, right] as const)));
