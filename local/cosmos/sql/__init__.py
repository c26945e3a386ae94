"""The query language: text -> tokens -> syntax tree -> compiled closures -> results."""
