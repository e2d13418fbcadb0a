/**
 * One-time codes in a message, the likeliest first. A candidate is 4 to 8
 * digits (also `123-456`, `123 456`) or a short run of capitals and digits
 * (`AB12-CD34`); it counts for the words around it in many languages, and for
 * standing alone on its line. Phone numbers, dates, prices and addresses are
 * taken out first; years, order numbers and postcodes lose to anything better.
 * A message that speaks of no code has none.
 */

const TEXT_LIMIT = 20_000;
const CODES = 5;
/** Numbers and announcing words that are looked at: a table of figures is no place for a code. */
const LOOKS = 500;
/** Score below which a candidate is only a number. */
const ENOUGH = 30;
/** Characters between a word that announces a code and the code. */
const NEAR = 80;

// Words of the trade, as they begin (before an ending) in the languages that mail is sent in most.
const ANNOUNCES = new RegExp([
  String.raw`\b(?:pass|pin|zip|auth\w*|security|login|sign-?in|access|verification|confirmation|one-time|single-use|backup)?[ -]?(?:code|codes|pin|otp|passcode|totp|2fa|mfa|token)\b`,
  String.raw`\bone-?time pass(?:word|code)\b`, String.raw`\bverif\w+`, String.raw`\bbestätigungs\w*`, String.raw`\b\w*(?:sicherheits|anmelde|zugangs|einmal)\w*`,
  String.raw`c[óo]digo`, String.raw`\bclave\b`, String.raw`contraseña`, String.raw`codice`, String.raw`code de`, String.raw`\bkodu?\b`, String.raw`\bkode\b`, String.raw`\bkoodi\w*`, String.raw`\bk[óo]d\w*`,
  String.raw`do[ğg]rulama`, String.raw`şifre`, String.raw`cod(?:ul)? de`, String.raw`mã (?:xác|otp)`, String.raw`xác (?:minh|nhận)`,
  'код', 'пароль', 'пін', 'κωδικ', 'رمز', 'كود', 'קוד', 'कोड', 'ओटीपी', 'รหัส', '验证码', '驗證碼', '校验码', '动态码', '認證碼', '認証', '確認コード', 'コード', '暗証', 'ワンタイム', '인증', '코드', '확인 ?번호',
].join('|'), 'giu');
// Numbers that are something else.
const OTHERWISE = /(?:\b(?:order|invoice|ticket|case|account|customer|booking|reference|ref|tracking|bestell\w*|rechnung\w*|kunden\w*|auftrag\w*|vorgang\w*|commande|facture|pedido|factura|ordine|fattura|заказ\w*|заказа|счет|po box|suite|ste|vat|ust\w*|iban|reg|zip code|postcode)\b|#|№|订单|注文|주문)\W{0,3}(?:\b(?:number|no|nr|id|num|núm|numéro|numero|n°|nummer|номер)\b\W{0,3}|:|is|\W){0,3}$/iu;

const MASKS: readonly RegExp[] = [
  /\b(?:https?:\/\/|www\.)\S+/giu,
  /[^\s<>@]{1,64}@[^\s<>@]{1,255}/gu,
  // Phone numbers: a plus, or groups that hold more digits than a code.
  /\+\d[\d ().\-/]{6,}\d/gu,
  /\(\d{2,5}\)[ .-]?\d[\d .-]{4,}\d/gu,
  /\b\d{2,5}[ .-]\d{2,5}(?:[ .-]\d{2,5})+\b/gu,
  // Dates, times, IP addresses, decimals, thousands.
  /\b\d{1,4}[/.]\d{1,2}[/.]\d{1,4}\b|\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?\b|\b\d{1,2}:\d{2}(?::\d{2})?\b/gu,
  /\b\d+(?:[.,]\d+)+\b/gu,
  // Prices and measures.
  /(?:[$€£¥₹₽₩₺]|\b(?:USD|EUR|GBP|CHF|JPY|INR|Rs\.?))\s*\d+/giu,
  /\b\d+\s*(?:[€£¥₹₽₩₺%°]|(?:USD|EUR|GBP|CHF|JPY|INR|kr|zł|px|pt|em|kb|mb|gb|ms|km|kg|minutes?|minuten|minutos|hours?|stunden|days?|tage)\b)/giu,
];

const LETTERS = String.raw`\p{L}\p{N}_`;
const CANDIDATE = new RegExp([
  String.raw`(?<![${LETTERS}.,-])\d{3}[- ]\d{3}(?![${LETTERS}-])`,
  String.raw`(?<![${LETTERS}.,-])\d{4}[- ]\d{4}(?![${LETTERS}-])`,
  String.raw`(?<![${LETTERS}-])(?=[A-Z0-9]*\d|[A-Z]{4}-)[A-Z0-9]{3,5}-[A-Z0-9]{3,5}(?![${LETTERS}-])`,
  // Digits may follow a Chinese or Japanese character directly; a prefix such as `G-` is not typed.
  String.raw`(?<![0-9A-Za-z_.,])\d{4,8}(?![0-9A-Za-z_])`,
  String.raw`(?<![${LETTERS}-])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{4,8}(?![${LETTERS}-])`,
  String.raw`(?<![${LETTERS}-])[A-Z]{5,8}(?![${LETTERS}-])`,
].join('|'), 'gu');

export function oneTimeCodes(subject: string, text: string): string[] {
  const scores = new Map<string, number>();
  for (const [source, bonus] of [[subject, 15], [text.slice(0, TEXT_LIMIT), 0]] as const) {
    let masked = source;
    for (const mask of MASKS) masked = masked.replace(mask, (found) => ' '.repeat(found.length));
    const announced = [...masked.matchAll(ANNOUNCES)].slice(0, LOOKS).map((match) => ({ from: match.index, to: match.index + match[0].length }));
    // In the text, a word in the subject counts a little for all.
    const spoken = announced.length > 0 ? 0 : subject.search(ANNOUNCES) >= 0 ? -5 : -100;
    for (const match of [...masked.matchAll(CANDIDATE)].slice(0, LOOKS)) {
      const score = judge(masked, match[0], match.index, announced) + bonus + spoken;
      const code = match[0].replace(' ', '');
      if (score >= ENOUGH) scores.set(code, Math.max(score, (scores.get(code) ?? 0) + 10));
    }
  }
  return [...scores].sort(([, a], [, b]) => b - a).slice(0, CODES).map(([code]) => code);
}

function judge(text: string, code: string, at: number, announced: { from: number; to: number }[]): number {
  const end = at + code.length;
  let score = 0;
  let before = Infinity;
  let after = Infinity;
  for (const { from, to } of announced) {
    if (to > at && from < end) return -100; // the word itself, e.g. "VERIFY"
    if (to <= at) before = Math.min(before, at - to);
    else after = Math.min(after, from - end);
  }
  if (before <= NEAR) score += 50 - before / 4;
  if (after <= NEAR / 2) score += 35 - after / 4;

  const lineBefore = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  const next = text.indexOf('\n', end);
  const lineAfter = text.slice(end, next < 0 ? undefined : next);
  const alone = !/[\p{L}\p{N}]/u.test(lineBefore) && !/[\p{L}\p{N}]/u.test(lineAfter);
  if (alone) score += 35;
  // "code: 1234", "code is 1234"
  const told = before <= 12 && /[:：=]\s*["'*]?$|(?:\bis|ist|est|es|è|jest|は|为|為|是)\s*[:：]?\s*["'*]?$/iu.test(lineBefore);
  if (told) score += 20;

  if (/^\d+$/.test(code)) {
    if (code.length === 6) score += 12;
    if (/^(?:19|20)\d\d$/.test(code)) score -= 45;
    if (code.length === 5 && /\b[A-Z]{2} $/.test(lineBefore)) score -= 40; // a ZIP code behind its state
  } else if (/^[A-Z]+$/.test(code)) {
    // A word in capitals is a code only where one is announced right before it, or stands alone beneath.
    score -= told ? 0 : 60;
  } else if (/[a-z]/.test(code)) {
    score -= told ? 0 : alone && before <= NEAR ? 10 : 60;
  }
  if (OTHERWISE.test(text.slice(Math.max(0, at - 40), at))) score -= 60;
  return score;
}
