"""An SMTP server on loopback (Debian's aiosmtpd) that stores what it takes: N.eml, and N.json with the envelope.

It prints "ready PORT" when it listens. What it answers is in the recipient's local part:
"rcpt-550-5.1.1@…" at RCPT, "data-451-4.3.0@…" after the mail, "hang@…" nothing after the mail.
"""

import argparse
import asyncio
import json
import pathlib
import random
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


def reply_in(address, stage):
    parts = address.split("@")[0].split("-")
    # What a server says may name who it is about.
    return f"{parts[1]} {parts[2]} Sorry, <{address}>" if parts[0] == stage else None


class Handler:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if (reply := reply_in(address, "rcpt")) is not None:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        if address.startswith("hang@"):
            await asyncio.sleep(60)
        if (reply := reply_in(address, "data")) is not None:
            return reply
        self.count += 1
        name = self.folder / str(self.count)
        name.with_suffix(".json").write_text(json.dumps({
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "is_tls": server.transport.get_extra_info("ssl_object") is not None,
            "is_authenticated": bool(session.authenticated),
            "host": session.host_name,
        }))
        name.with_suffix(".eml").write_bytes(envelope.original_content)
        return "250 2.0.0 Stored"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--tls", choices=["required", "offered", "implicit", "none"], default="none")
    parser.add_argument("--user")
    parser.add_argument("--password")
    options = parser.parse_args()

    context = None
    if options.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)

    def authenticate(server, session, envelope, mechanism, data):
        good = (options.user.encode(), options.password.encode())
        # "handled": aiosmtpd itself answers 535.
        return AuthResult(success=(data.login, data.password) == good, handled=False)

    handler = Handler(options.folder)

    def connection():
        return SMTP(
            handler,
            hostname="mail.example.com",
            tls_context=None if options.tls == "implicit" else context,
            require_starttls=options.tls == "required",
            auth_required=options.user is not None,
            auth_require_tls=options.tls == "required",
            authenticator=authenticate if options.user is not None else None,
            loop=asyncio.get_running_loop(),
        )

    while True:
        # Below the ephemeral range, so that no outgoing connection takes it meanwhile.
        port = random.randrange(20_000, 32_000)
        try:
            server = await asyncio.get_running_loop().create_server(
                connection, "127.0.0.1", port, ssl=context if options.tls == "implicit" else None)
            break
        except OSError:
            continue
    print(f"ready {port}", flush=True)
    await server.serve_forever()


asyncio.run(main())
