/// A method that makes jobs.
enum JobMethod {
  case create, clone

  /// Its full name, as in the path of the call.
  var fullName: String {
    switch self {
    case .create: "/yandex.cloud.datasphere.v2.jobs.ProjectJobService/Create"
    case .clone: "/yandex.cloud.datasphere.v2.jobs.ProjectJobService/Clone"
    }
  }

  /// The field of its request that holds parameters.
  var parametersField: String {
    switch self {
    case .create: "job_parameters"
    case .clone: "job_parameters_overrides"
    }
  }
}
