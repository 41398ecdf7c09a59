/// The version of Cairn.
public let cairnVersion = "0.2.0"

/// The version of the checkpoint format to write, and the newest one that can be read.
public let checkpointFormatVersion = KerasLayout.formatVersion
