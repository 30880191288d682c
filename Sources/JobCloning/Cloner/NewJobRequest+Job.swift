internal import JobMessages
internal import ProtobufWire

extension NewJobRequest {
  /// The new job, as the table of clone-semantics §2 has it, with these merged parameters.
  func job(
    id: String, parameters merged: JobParameters, createdBy principal: Principal,
    at now: ProtobufTimestamp, defaultTTL: Int64
  ) -> Job {
    .with {
      $0.id = id
      $0.name = name.isEmpty ? source?.name ?? "" : name
      $0.desc = desc.isEmpty ? source?.desc ?? "" : desc
      $0.projectID = projectID
      $0.config = config
      $0.createdByID = principal.id
      $0.parentJobID = source?.id ?? ""
      $0.status = .creating
      $0.createdAt = now
      $0.dataExpiresAt =
        dataTTL.flatMap { now.advanced(by: $0) } ?? now.advanced(bySeconds: defaultTTL)
      // Parameters that are absent in the source and stay void stay absent, to the byte.
      let areAbsent = source != nil && source?.jobParameters == nil && merged.isVoid
      $0.jobParameters = areAbsent ? nil : merged
    }
  }
}

extension Job {
  /// Refuses a job whose data is gone, or has lived its time.
  ///
  /// - Parameter noun: what the message calls the job.
  func requireData(at now: ProtobufTimestamp, _ noun: String = "job") throws(JobError) {
    let fault: (type: String, description: String)? =
      if dataCleared {
        ("DATA_CLEARED", "the data of the \(noun) was cleared")
      } else if let dataExpiresAt, !now.isBefore(dataExpiresAt) {
        ("DATA_EXPIRED", "the data of the \(noun) has expired")
      } else {
        nil
      }
    guard let fault else { return }
    throw .failedPrecondition([
      .init(type: fault.type, subject: id, description: fault.description)
    ])
  }

  /// The job as readers see it: the password's oneof case is there, its value is not (§6).
  func redacted() -> Job {
    guard case .spec(var spec) = jobParameters?.env?.dockerImage,
      case .plainText = spec.password
    else { return self }
    spec.password = .plainText("")
    var job = self
    job.jobParameters?.env?.dockerImage = .spec(spec)
    return job
  }
}
