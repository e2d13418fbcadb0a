/**
 * Whether a text is in the charset that its part names: octets above 127 in
 * what says ASCII (or says nothing), UTF-8 that is none, a name that nobody
 * knows. Streams; keeps nothing of the text.
 */

export type CharsetReading = {
  /** As written; absent when the part names none. */
  named?: string;
  /** Octets above 127, after decoding the transfer encoding. */
  highOctets: number;
  validUtf8: boolean;
  known: boolean;
};
export type CharsetProbe = { push(bytes: Buffer): void; end(): CharsetReading };

export function charsetProbe(named: string | undefined): CharsetProbe {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let highOctets = 0;
  let validUtf8 = true;
  const tryUtf8 = (decode: () => void) => {
    if (!validUtf8) return;
    try {
      decode();
    } catch {
      validUtf8 = false;
    }
  };
  return {
    push(bytes) {
      for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) highOctets++;
      tryUtf8(() => decoder.decode(bytes, { stream: true }));
    },
    end() {
      tryUtf8(() => decoder.decode());
      return { highOctets, validUtf8, known: named === undefined || isKnown(named), ...(named === undefined ? {} : { named }) };
    },
  };
}

/** Charsets that mail software reads: those of browsers, and the older ones of mail. */
export function isKnown(charset: string): boolean {
  if (/^(utf-?7|unicode-1-1-utf-7|iso-2022-(jp|kr|cn).*|cp-?\d{3,5}|ibm-?\d{3}|ks_c_5601.*)$/i.test(charset)) return true;
  try {
    return new TextDecoder(charset).encoding !== '' && !/^replacement$/i.test(charset);
  } catch {
    return false;
  }
}
