/** Attachments that providers refuse, recipients fear, or nobody can open. */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import { count, type Rule, type Said, short, type Verdict, worst } from '../matter.ts';

const words = (text: string) => new Set(text.split(' '));
/** Gmail refuses these, also inside archives; Outlook blocks nearly all of them. */
const REFUSED = words('ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpack dll dmg ex ex_ exe hta img ins iso isp jar jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 ps1xml psm1 reg scr sct shb sys vb vbe vbs vhd vhdx vxd wsc wsf wsh xll');
const MACROS = words('docm dotm xlsm xltm xlam xlsb pptm potm ppam');
const ACTIVE = words('html htm shtml xhtml svg xml mht mhtml');
const ARCHIVES = words('zip rar 7z gz tar tgz bz2 xz ace arj');
const REFUSED_TYPES = /^application\/(x-msdownload|x-msdos-program|x-ms-installer|x-dosexec|vnd\.microsoft\.portable-executable|javascript|x-javascript|hta|java-archive|x-sh|x-bat)$|^text\/(javascript|vbscript)$/;
/** Octets; Gmail takes 25 MB as it travels, and base64 adds a third. */
const REFUSED_SIZE = 18 * 1024 * 1024;
const LARGE = 7 * 1024 * 1024;

export const attachments: Rule = {
  id: 'attachments',
  title: 'Attachments',
  check({ parsed }): Said | undefined {
    const files = parsed.attachments;
    if (files.length === 0) return undefined;
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    const say = (verdict: Verdict, text: string) => {
      verdicts.push(verdict);
      details.push({ text });
    };
    for (const { filename, type, contentId, disposition, size } of files) {
      const named = short(filename || `a ${type} without a name`);
      const [extension = '', before = ''] = filename.toLowerCase().split('.').slice(1).reverse();
      if (REFUSED.has(extension) || REFUSED_TYPES.test(type)) say('fail', `${named}: mail providers refuse this type (${extension || type})${before && !REFUSED.has(before) && /^(pdf|docx?|xlsx?|jpe?g|png|txt)$/.test(before) ? ', and it hides behind a second ending' : ''}`);
      else if (MACROS.has(extension)) say('warn', `${named}: holds macros, which many companies refuse`);
      else if (ACTIVE.has(extension) || /^(text\/html|image\/svg\+xml|application\/xhtml\+xml)$/.test(type)) say('warn', `${named}: can hold scripts, which filters distrust`);
      else if (ARCHIVES.has(extension)) say('info', `${named}: an archive; filters look into it, and refuse it when it has a password`);
      if (/[\u202a-\u202e\u2066-\u2069]/.test(filename)) say('fail', `${named}: a direction mark in its name hides what it is`);
      if (/^(winmail\.dat)$/i.test(filename) || type === 'application/ms-tnef') say('warn', `${named}: only Outlook opens it (TNEF)`);
      if (filename === '' && disposition === 'attachment' && contentId === undefined && !type.startsWith('message/')) say('warn', `${named}: clients make a name up`);
      if (type === 'application/octet-stream' && extension !== '' && !REFUSED.has(extension)) say('info', `${named}: says application/octet-stream, so that clients show no preview`);
      if (size === 0) say('warn', `${named}: is empty`);
    }
    const total = files.reduce((sum, file) => sum + file.size, 0);
    if (total > REFUSED_SIZE) say('fail', `${(total / 1024 / 1024).toFixed(1)} MB in all: Gmail takes 25 MB as it travels, which is about 18 MB of files`);
    else if (total > LARGE) say('warn', `${(total / 1024 / 1024).toFixed(1)} MB in all: many servers take 10 MB as it travels`);
    const verdict = worst(verdicts);
    return {
      verdict, details,
      summary: verdict === 'pass' ? `${count(files.length, 'attachment')} of ${files.length === 1 ? 'a harmless type' : 'harmless types'}.` : verdict === 'info' ? `${count(files.length, 'attachment')}; nothing is refused.` : verdict === 'warn' ? 'Some servers or readers will not like the attachments.' : 'Providers refuse a message with these attachments.',
    };
  },
};
