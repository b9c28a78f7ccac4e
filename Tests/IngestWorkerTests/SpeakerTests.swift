import Testing

@testable import IngestWorker

/// What is kept of an id, and how JSON of it begins.
@Suite struct SpeakerTests {
    @Test(arguments: 1...64)
    func idsOfEveryLengthAreKept(length: Int) {
        let plain = String((0..<length).map { Character(UnicodeScalar(UInt8(ascii: "a") + UInt8($0 % 26))) })
        let escaped = String(plain.dropLast()) + "\""
        var table = SpeakerTable(seed: 3)
        let before = table.byteCount
        for (id, isEscaped) in [(plain, false), (escaped, true)] {
            let slot = Array(id.utf8).withUnsafeBytes {
                table.add(connection: 5, id: $0, next: SpeakerTable.none)
            }
            // A neighbour that is written to behind it changes nothing.
            let other = Array(repeating: UInt8(ascii: "z"), count: 64).withUnsafeBytes {
                table.add(connection: 6, id: $0, next: slot)
            }
            #expect(String(decoding: table.id(of: slot), as: UTF8.self) == id)
            let lead = table.lead(of: slot)
            let text = "{\"id\":\"\(id)\",\"x\":"
            let hasLead = !isEscaped && text.utf8.count <= 64
            #expect(String(decoding: lead.text, as: UTF8.self) == (hasLead ? text : ""))
            if hasLead { #expect(lead.bits == UInt64(text.utf8.count * 8 & 63)) }
            #expect(table.isLiteral(slot) == !isEscaped)
            #expect(table.connectionInUse(of: slot) == 5)
            table.remove(other)
            table.remove(slot)
        }
        // What lies outside has gone with them.
        #expect(table.byteCount - before == 256 * MemoryLayout<Speaker>.stride)
    }
}
