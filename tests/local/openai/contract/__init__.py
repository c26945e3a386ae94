"""What Azure OpenAI does, said through the `openai` package.

The checks run against the local service, or against the resource described by `OPENAI_CONTRACT`:
`endpoint=https://<resource>.openai.azure.com;key=<key>;model=<deployment>;embedding=<deployment>`.
They hold for any model: shapes, orders, refusals; never what it says.
"""
