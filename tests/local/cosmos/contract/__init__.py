"""What Azure Cosmos DB does, said through the SDK.

The checks run against the local emulator, or against the account whose connection string is in
`COSMOS_CONTRACT`. There they make one database with a random name and delete it at the end.
"""
