import ByteCore
import Testing

@testable import ControlWire

struct ControlRequestTests {
    private func read(_ line: String) -> Result<ControlRequest, ControlFault> {
        Array(line.utf8).withUnsafeBytes { bytes in
            do throws(ControlFault) {
                return .success(try ControlRequest(bytes))
            } catch {
                return .failure(error)
            }
        }
    }

    static let every: [(ControlRequest, String)] = [
        (.status, "status"), (.workers, "workers"), (.info(1), "info 1"), (.info(256), "info 256"),
        (.logs(lines: 0), "logs 0"), (.logs(lines: 4096), "logs 4096"), (.follow(lines: 15), "follow 15"),
        (.events, "events"), (.reopen, "reopen"), (.shutdown, "shutdown"), (.reload, "reload"),
        (.scale(3), "scale 3"), (.stop(1), "stop 1"), (.restart(2), "restart 2"), (.drain(256), "drain 256"),
        (.upgrade, "upgrade"),
    ]

    @Test func everyRequestIsALine() {
        for (request, line) in Self.every {
            var text = ByteBuffer()
            text.appendControl(request)
            #expect(String(decoding: text.readable, as: UTF8.self) == line + "\n")
            #expect(text.count <= ControlLimits.requestBytes)
            #expect(read(line) == .success(request))
            #expect(request.word.rawValue == line.split(separator: " ")[0])
        }
        #expect(Set(Self.every.map(\.0.word)) == Set(ControlRequest.Word.allCases))
    }

    @Test func spacesMoreOrLessAreNoMatter() {
        #expect(read("  info   7 ") == .success(.info(7)))
    }

    @Test(arguments: [
        ("", ControlFault.empty), ("   ", .empty), ("statu", .unknown("statu")),
        ("STATUS", .unknown("STATUS")), ("GET / HTTP/1.1", .unknown("GET")), ("info", .missing(.info)),
        ("info 0", .outside(.info, 1...256)), ("info 257", .outside(.info, 1...256)),
        ("info -1", .outside(.info, 1...256)), ("info +1", .outside(.info, 1...256)),
        ("info 1x", .outside(.info, 1...256)), ("info 00001", .outside(.info, 1...256)),
        ("info 99999999999999999999", .outside(.info, 1...256)), ("info 1 2", .surplus(.info)),
        ("status now", .surplus(.status)), ("logs", .missing(.logs)),
        ("logs 4097", .outside(.logs, 0...4096)), ("status\u{0}", .notText), ("st\tatus", .notText),
        ("statüs", .notText), ("info \u{7F}", .notText),
    ])
    func whatIsNoneSaysWhy(line: String, fault: ControlFault) {
        #expect(read(line) == .failure(fault))
        #expect(!fault.reason.isEmpty && !fault.reason.contains("\n"))
    }

    @Test func whatIsSaidBackIsShort() {
        let word = String(repeating: "a", count: 60)
        #expect(ControlFault.unknown(word).reason.contains("'\(word.prefix(24))...'"))
    }
}
