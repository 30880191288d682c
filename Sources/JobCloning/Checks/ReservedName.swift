/// A name that `${NAME}` may mean without anything in the parameters having it.
enum ReservedName {
  /// `DS_PROJECT_HOME`, the project disk, if it is attached.
  case projectHome
  /// `_LOCAL_MODULE` and whatever follows: the vars of local modules.
  case localModule

  /// The reserved name that this is, or nil.
  init?(_ name: String) {
    if name.utf8.elementsEqual("DS_PROJECT_HOME".utf8) {
      self = .projectHome
    } else if name.utf8.starts(with: "_LOCAL_MODULE".utf8) {
      self = .localModule
    } else {
      return nil
    }
  }
}
