import ByteCore
import SSEWire
import Testing

@Suite struct LastEventIDTests {
    private func parse(_ text: String) -> LastEventID? {
        var text = text
        return text.withUTF8 { LastEventID.parse(UnsafeRawBufferPointer($0)) }
    }

    @Test func readsWhatItWrites() {
        for id in [
            LastEventID(boot: 0, n: 0), LastEventID(boot: .max, n: .max), LastEventID(boot: 0xAB, n: 10),
        ] {
            var buffer = ByteBuffer()
            id.append(to: &buffer)
            #expect(LastEventID.parse(buffer.readable) == id)
        }
        #expect(parse("00000000000000ab-17") == LastEventID(boot: 0xAB, n: 17))
    }

    @Test(arguments: [
        "", "-", "17", "00000000000000ab", "00000000000000ab-", "00000000000000AB-1", "0000000000000ab-17",
        "00000000000000ab-01", "00000000000000ab-+1", "00000000000000ab-1 ", " 00000000000000ab-1",
        "00000000000000ab-18446744073709551616", "00000000000000ab-99999999999999999999",
        "00000000000000ag-1", "00000000000000ab:1", "00000000000000ab--1",
    ])
    func refusesEverythingElse(text: String) {
        #expect(parse(text) == nil)
    }
}
