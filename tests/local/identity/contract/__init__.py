"""What Entra ID does for an app, said through azure-identity, MSAL and plain HTTP.

The checks run against the local issuer over TLS, or against the tenant described by `IDENTITY_CONTRACT`:
`authority=https://login.microsoftonline.com;tenant=<id>;client_id=<app>;client_secret=<secret>;scope=<api>/.default;
downstream=<api>/<permission>;redirect_uri=<registered address>;assertion=<a person's token for the app>`.
Checks that need a field which is not given are skipped.
"""
