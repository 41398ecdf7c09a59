public import ArgumentParser
public import Console

extension ColorChoice: ExpressibleByArgument {}
