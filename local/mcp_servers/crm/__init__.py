"""A CRM over SQLite: accounts, contacts, opportunities and activities of Northwind Cloud's sales team."""
