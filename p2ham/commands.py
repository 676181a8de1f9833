"""The app's own bench commands."""

from __future__ import annotations

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("p2ham-demo")
@click.option("--password", default=None, help="Password of the demo's users")
@pass_context
def demo(context, password: str | None = None) -> None:
	"""Build the demo regency (illustrative figures) on a site without data of its own."""
	from p2ham.demo import build

	password = password or build.PASSWORD
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		build.build(password, say=click.echo)
	except build.NotADemoSite as error:
		raise click.ClickException(str(error)) from None
	else:
		click.echo("")
		for who, user, word in build.logins(password):
			click.echo(f"{user:45} {word:20} {who}")
	finally:
		frappe.destroy()


commands = [demo]
