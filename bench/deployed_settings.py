"""Settings as a deployment gives them, of services that do not exist: enough to load the app, not to use it."""

DEPLOYED = {
    "COSMOS__serviceUri": "https://cosmos-x.documents.azure.com:443/",
    "BLOB__serviceUri": "https://stx.blob.core.windows.net/",
    "WEB_PUBSUB__serviceUri": "https://wps-x.webpubsub.azure.com",
    "AZURE_OPENAI_ENDPOINT": "https://oai-x.openai.azure.com/",
    "AZURE_OPENAI_CHAT_MODEL": "chat",
    "AZURE_OPENAI_UTILITY_MODEL": "utility",
    "AUTH_ISSUER": "https://login.microsoftonline.com/0cb1d4a2-0000-4000-8000-000000000001/v2.0",
    "AUTH_AUDIENCE": "0cb1d4a2-0000-4000-8000-000000000002",
    "UPSTREAM_AUDIENCE": "0cb1d4a2-0000-4000-8000-000000000002",
    "UPSTREAM_CALLER": "0cb1d4a2-0000-4000-8000-000000000003",
    "PUBLIC_URL": "https://salescoach-x.azurefd.net",
    "MCP_SERVERS_FILE": "mcpservers.none.json",
}
