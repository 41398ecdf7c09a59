public import ArgumentParser
public import Console

extension ColorChoice: ExpressibleByArgument {}

/// The help text of `--color`, which lists its values by itself.
public let colorHelp = ArgumentHelp("When to colour the output.", valueName: "when")
