import ByteCore
import Foundation
import Testing

@testable import HTTPWire

@Suite struct HTTPDateTests {
    private func text(_ seconds: Int64) -> String {
        var text = ByteBuffer(capacity: 64)
        HTTPDate.append(seconds, to: &text)
        return String(decoding: text.readable, as: UTF8.self)
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),  // RFC 9110 section 5.6.7
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (86_399, "Thu, 01 Jan 1970 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT"),
        (-1, "Thu, 01 Jan 1970 00:00:00 GMT"), (.min, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func timesAreWrittenAsHeadsHaveThem(seconds: Int64, expected: String) {
        #expect(text(seconds) == expected)
    }

    /// Against the C library, a prime number of seconds apart through 500 years.
    @Test func theyAreTheCLibrarys() {
        for seconds in stride(from: Int64(0), to: 15_800_000_000, by: 7_654_321) {
            var time = time_t(seconds)
            var parts = tm()
            gmtime_r(&time, &parts)
            var room = [CChar](repeating: 0, count: 64)
            let count = strftime(&room, room.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            let expected = String(decoding: room.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            #expect(text(seconds) == expected)
        }
    }
}
