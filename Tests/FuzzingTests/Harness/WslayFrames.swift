#if canImport(CWslay)
    import CWslay

    /// The same frames as libwslay reads them, which knows nothing of ours.
    final class WslayFrames {
        private var context: wslay_event_context_ptr?
        private let input: [UInt8]
        private var offset = 0
        private(set) var happenings: [FrameHappening] = []
        /// What it answers.
        private(set) var output: [UInt8] = []

        /// Reads all of `bytes`, and answers.
        init(_ bytes: [UInt8], isServer: Bool, takesDeflated: Bool) {
            input = bytes
            var callbacks = wslay_event_callbacks()
            callbacks.recv_callback = { context, buffer, count, _, owner in
                guard let buffer, let owner else { return -1 }
                let given = WslayFrames.at(owner).give(buffer, count)
                if given == 0 { wslay_event_set_error(context, CInt(WSLAY_ERR_WOULDBLOCK.rawValue)) }
                return given == 0 ? -1 : given
            }
            callbacks.send_callback = { _, bytes, count, _, owner in
                guard let owner else { return -1 }
                WslayFrames.at(owner).output += UnsafeRawBufferPointer(start: bytes, count: count)
                return count
            }
            callbacks.genmask_callback = { _, buffer, count, _ in
                for index in 0..<count { buffer?[index] = UInt8(truncatingIfNeeded: index + 1) }
                return 0
            }
            callbacks.on_msg_recv_callback = { _, message, owner in
                guard let message, let owner else { return }
                WslayFrames.at(owner).note(message.pointee)
            }
            let owner = Unmanaged.passUnretained(self).toOpaque()
            let begin = isServer ? wslay_event_context_server_init : wslay_event_context_client_init
            guard begin(&context, &callbacks, owner) == 0, let context else { return }
            wslay_event_config_set_max_recv_msg_length(context, 65_536)
            // RSV1 (RFC 7692 section 6).
            if takesDeflated { wslay_event_config_set_allowed_rsv_bits(context, 4) }
            let isNonsense = wslay_event_recv(context) != 0
            wslay_event_send(context)
            guard wslay_event_get_read_enabled(context) == 0, wslay_event_get_close_received(context) == 0
            else { return }
            happenings.append(.failed(isNonsense ? 0 : wslay_event_get_status_code_sent(context)))
        }

        deinit { wslay_event_context_free(context) }

        private static func at(_ owner: UnsafeMutableRawPointer) -> WslayFrames {
            Unmanaged<WslayFrames>.fromOpaque(owner).takeUnretainedValue()
        }

        private func give(_ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
            let given = min(count, input.count - offset)
            for index in 0..<given { buffer[index] = input[offset + index] }
            offset += given
            return given
        }

        private func note(_ message: wslay_event_on_msg_recv_arg) {
            let bytes = Array(UnsafeRawBufferPointer(start: message.msg, count: message.msg_length))
            switch message.opcode {
            case 8:
                let code = message.status_code == 0 ? nil : message.status_code
                happenings.append(.close(code, reason: Array(bytes.dropFirst(2))))
            case 9: happenings.append(.ping(bytes))
            case 10: happenings.append(.pong(bytes))
            default:
                let isDeflated = message.rsv == 4
                happenings.append(.message(opcode: message.opcode, isDeflated: isDeflated, bytes))
            }
        }
    }
#endif
