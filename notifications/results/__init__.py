"""Results leave the desk: signed webhooks to the billing system, GIS and whoever else subscribes.

Rows beside the messages, claimed and settled by the same machinery (notifications.claims). What a
receiver may rely on is told in docs/results.md.
"""
