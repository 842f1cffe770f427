"""The server for assistants such as Claude: the Model Context Protocol at /mcp.

    api               the address: who calls, from where, how large
    exchange          runs one HTTP request through the protocol's own library
    server            lists the tools and calls them
    assistant_call    one call of a tool: its caller and what the caller may do
    tool              what a tool is: arguments, answer, rights; what its errors say
    tools/            the tools, by subject

The library `mcp` is an optional extra. Without it nothing here is imported, and /mcp does not exist.
"""
