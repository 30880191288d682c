public import JobCloning

extension DiskObjectStorage {
  /// A page of the contents that were stored before `time`, in the order of their folders and files.
  ///
  /// A folder tells its project by a file that every upload makes sure of; folders from before that
  /// are left out until something is uploaded to their project.
  public func contents(
    storedBefore time: Int64, after content: StoredContent?, limit: Int
  ) async throws(StoreError) -> [StoredContent] {
    let listing = ContentListing(layout: layout, time: time, limit: limit)
    let start = content.flatMap { layout.location(of: $0.content, in: $0.projectID)?.file }
    return try await blocking { () throws(SystemError) in try listing.contents(after: start) }
  }

  /// Removes the files of uploads that began before `time` and whose process is gone.
  ///
  /// An upload that is still being received keeps its file, whenever it began.
  public func dropUnfinishedUploads(startedBefore time: Int64) async throws(StoreError) {
    let uploads = layout.uploads
    try await blocking { () throws(SystemError) in
      try IncomingFile.removeAbandoned(in: uploads, lastWrittenBefore: time)
    }
  }
}
