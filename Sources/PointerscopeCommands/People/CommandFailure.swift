import AccessControl
import Glibc
import PosixIO
import StateDirectory

/// Why a command about people and programs did nothing.
struct CommandFailure: Error {
    /// One line for a person.
    let message: String
    let exitStatus: ExitCode

    init(_ message: String, _ exitStatus: ExitCode) {
        self.message = message
        self.exitStatus = exitStatus
    }

    init(_ fault: StateFault) {
        let status: ExitCode =
            switch fault.problem {
            case .busy: .temporaryFailure
            case .otherOwner: .noPermission
            case .system(let error):
                switch error.code {
                case EACCES, EPERM: .noPermission
                case ENOSPC, EDQUOT, EROFS, EIO: .inputOutput
                default: .system
                }
            default: .configuration
            }
        self.init(fault.text, status)
    }

    /// A file that holds what it should not: it is left as it is.
    init(_ fault: AccessFileFault, _ file: StateFile, in path: String) {
        self.init(
            "\(path)/\(file.name):\(fault.line): \(fault.reason); the file is left as it is", .configuration)
    }
}
