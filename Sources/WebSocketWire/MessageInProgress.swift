import ByteCore

/// What is known of a message that is not whole: few connections have one at a time.
struct MessageInProgress: ~Copyable {
    /// Payload bytes of the data frame in progress: those unmasked and validated, which still stand at the
    /// buffer's start; where messages are skipped, those that are still to come.
    var progress: UInt64 = 0
    var utf8 = UTF8Validator()
    /// Fragments of the message in progress, 65,535 for any more; zero if none is.
    var fragments: UInt16 = 0
    /// What the message in progress is.
    var opcode = FrameOpcode.text
    /// Whether it is compressed.
    var isDeflated = false
    var assembly = MessageAssembly()

    /// Whether there is none.
    var isOver: Bool { progress == 0 && fragments == 0 && assembly.capacity == 0 }
}

/// The same as the connection sees it, where there is none, too.
extension WebSocketConnection {
    /// Bytes of the frame in progress.
    var progress: UInt64 {
        get { unsafe inProgress.contents?.pointee.progress ?? 0 }
        set {
            guard newValue > 0 || !inProgress.isEmpty else { return }
            unsafe madeInProgress.pointee.progress = newValue
        }
    }

    /// What its text has said so far.
    var utf8: UTF8Validator {
        get { unsafe inProgress.contents?.pointee.utf8 ?? UTF8Validator() }
        set { unsafe madeInProgress.pointee.utf8 = newValue }
    }

    /// Fragments so far.
    var fragments: UInt16 {
        get { unsafe inProgress.contents?.pointee.fragments ?? 0 }
        set {
            guard newValue > 0 || !inProgress.isEmpty else { return }
            unsafe madeInProgress.pointee.fragments = newValue
        }
    }

    /// What it began as.
    var messageOpcode: FrameOpcode {
        get { unsafe inProgress.contents?.pointee.opcode ?? .text }
        set { unsafe madeInProgress.pointee.opcode = newValue }
    }

    /// Whether it is compressed.
    var isDeflated: Bool {
        get { unsafe inProgress.contents?.pointee.isDeflated ?? false }
        set { unsafe madeInProgress.pointee.isDeflated = newValue }
    }

    /// Its fragments in one piece.
    var assembly: MessageAssembly {
        _read {
            if let message = unsafe inProgress.contents {
                yield unsafe message.pointee.assembly
            } else {
                let none = MessageAssembly()
                yield none
            }
        }
        _modify { yield unsafe &madeInProgress.pointee.assembly }
    }

    private var madeInProgress: UnsafeMutablePointer<MessageInProgress> {
        mutating get {
            if let message = unsafe inProgress.contents { return unsafe message }
            return unsafe inProgress.fill(MessageInProgress())
        }
    }

    /// Forgets what was assembled.
    mutating func releaseAssembly() { unsafe inProgress.contents?.pointee.assembly.release() }

    /// Gives the memory back where no message is in progress any more.
    mutating func forgetProgressIfOver() {
        if let message = unsafe inProgress.contents, unsafe message.pointee.isOver { inProgress.clear() }
    }
}
