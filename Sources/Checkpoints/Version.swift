/// The version of Cairn.
public let cairnVersion = "0.1.0"

/// The version of the checkpoint format that is written, and the newest that is read.
public let checkpointFormatVersion = KerasLayout.formatVersion
