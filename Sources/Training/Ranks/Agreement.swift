/// What the processes of a run agree on after each step: whether to stop or to save.
struct Agreement {
  /// The signal that one of them received; `nil` if there was none.
  var signal: Int32?

  /// Whether the time of the run is over in the first process.
  var isOutOfTime = false

  /// Whether one of them was asked to save.
  var isAskedToSave = false

  /// Whether the first process is to save after the step.
  var isSaving = false
}
