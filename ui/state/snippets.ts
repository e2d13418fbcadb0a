/** Lines to copy that point an application at this instance, filled in with its addresses. Pure. */
import type { Info } from '../../sdk/contract.ts';

export type Snippet = { name: string; file: string; lines: string };

/** What stands where the login makes no difference. */
export function snippets({ smtp }: Info, http: string): Snippet[] {
  const { host, port } = smtp;
  const login = smtp.user === null ? undefined : { user: smtp.user, password: smtp.password ?? '<password>' };
  const js = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const uri = login ? `${encodeURIComponent(login.user)}:${login.password === '<password>' ? login.password : encodeURIComponent(login.password)}@` : '';
  const at = host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
  return [
    {
      name: 'curl', file: 'shell',
      lines: `curl smtp://${at} --mail-from app@example.test --mail-rcpt ann@example.test${login ? ` --user ${quote(`${login.user}:${login.password}`)}` : ''} \\
  -T - <<'END'
From: App <app@example.test>
To: Ann <ann@example.test>
Subject: Hello from curl

It works.
END`,
    },
    {
      name: 'curl, HTTP', file: 'shell',
      lines: `curl ${http}/v1/streams/default/messages -H 'content-type: application/json' -d '{
  "from": "App <app@example.test>", "to": "ann@example.test",
  "subject": "Hello over HTTP", "text": "It works."
}'`,
    },
    {
      name: 'nodemailer', file: 'mail.js',
      lines: `import nodemailer from 'nodemailer';

const mail = nodemailer.createTransport({
  host: ${js(host)}, port: ${port}, secure: false, ignoreTLS: true,${login ? `\n  auth: { user: ${js(login.user)}, pass: ${js(login.password)} },` : ''}
});
await mail.sendMail({ from: 'app@example.test', to: 'ann@example.test', subject: 'Hello', text: 'It works.' });`,
    },
    {
      name: 'Python', file: 'mail.py',
      lines: `import smtplib
from email.message import EmailMessage

m = EmailMessage()
m["From"], m["To"], m["Subject"] = "app@example.test", "ann@example.test", "Hello"
m.set_content("It works.")
with smtplib.SMTP("${host}", ${port}) as smtp:${login ? `\n    smtp.login("${login.user}", "${login.password}")` : ''}
    smtp.send_message(m)`,
    },
    {
      name: 'Django', file: 'settings.py',
      lines: `EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "${host}"
EMAIL_PORT = ${port}
EMAIL_HOST_USER = "${login?.user ?? ''}"
EMAIL_HOST_PASSWORD = "${login?.password ?? ''}"
EMAIL_USE_TLS = False`,
    },
    {
      name: 'Rails', file: 'config/environments/development.rb',
      lines: `config.action_mailer.delivery_method = :smtp
config.action_mailer.smtp_settings = {
  address: "${host}", port: ${port}, enable_starttls_auto: false${login ? `,\n  user_name: "${login.user}", password: "${login.password}", authentication: :plain` : ''}
}`,
    },
    {
      name: 'Laravel', file: '.env',
      lines: `MAIL_MAILER=smtp
MAIL_HOST=${host}
MAIL_PORT=${port}
MAIL_USERNAME=${login?.user ?? 'null'}
MAIL_PASSWORD=${login?.password ?? 'null'}
MAIL_SCHEME=null
MAIL_FROM_ADDRESS=app@example.test`,
    },
    {
      name: 'Spring', file: 'application.properties',
      lines: `spring.mail.host=${host}
spring.mail.port=${port}${login ? `\nspring.mail.username=${login.user}\nspring.mail.password=${login.password}` : ''}
spring.mail.properties.mail.smtp.auth=${login !== undefined}
spring.mail.properties.mail.smtp.starttls.enable=false`,
    },
    {
      name: 'Go', file: 'mail.go',
      lines: `body := []byte("From: app@example.test\\r\\nTo: ann@example.test\\r\\nSubject: Hello\\r\\n\\r\\nIt works.\\r\\n")
err := smtp.SendMail("${at}", ${login ? `smtp.PlainAuth("", "${login.user}", "${login.password}", "${host}")` : 'nil'}, "app@example.test", []string{"ann@example.test"}, body)`,
    },
    {
      name: 'sendmail', file: 'shell, php.ini',
      lines: `printf 'To: ann@example.test\\nSubject: Hello\\n\\nIt works.\\n' | npx postern sendmail -t${login || port !== 1025 || host !== '127.0.0.1' ? ` --smtp smtp://${uri}${at}` : ''}

# php.ini
sendmail_path = "npx postern sendmail -t -i${login || port !== 1025 || host !== '127.0.0.1' ? ` --smtp smtp://${uri}${at}` : ''}"`,
    },
    {
      name: 'URL', file: 'environment',
      lines: `SMTP_URL=smtp://${uri}${at}`,
    },
  ];
}

const quote = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;
