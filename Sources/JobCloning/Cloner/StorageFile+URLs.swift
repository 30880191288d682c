internal import JobMessages

extension [StorageFile] {
  /// The files with the URL of each one's content; one without a file stays as it is.
  func withURLs(
    _ url: (ContentID) throws(StoreError) -> String
  ) throws(JobError) -> [StorageFile] {
    var signed = self
    for index in signed.indices {
      guard let file = signed[index].file else { continue }
      if index.isMultiple(of: 100) { try requireCall() }
      do throws(StoreError) {
        signed[index].url = try url(ContentID(file))
      } catch {
        throw JobError(error)
      }
    }
    return signed
  }
}
