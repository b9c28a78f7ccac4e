import TestSupport
import Testing

@testable import Tables

@Suite struct TextTableTests {
    private func intern(_ text: String, in table: inout TextTable) -> (number: UInt32, isNew: Bool)? {
        Array(text.utf8).withUnsafeBytes { table.intern($0) }
    }

    private func text(_ number: UInt32, of table: borrowing TextTable) -> String {
        String(decoding: table[number], as: UTF8.self)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func itIsADictionaryBothWays(seed: UInt64) {
        var draws = SplitMix64(seed: seed)
        let (limit, byteLimit) = (40, 2_000)
        var table = TextTable(limit: limit, byteLimit: byteLimit, seed: seed)
        var numbers: [String: UInt32] = [:]
        for _ in 0..<3_000 {
            let name =
                String(
                    repeating: "page/", count: Int.random(in: 0..<20, using: &draws)) + "\(draws.next() % 60)"
            let bytes = numbers.keys.reduce(0) { $0 + $1.utf8.count }
            switch (numbers[name], intern(name, in: &table)) {
            case (let known?, let given): #expect(given?.number == known && given?.isNew == false)
            case (nil, let given?):
                #expect(given.isNew && !numbers.values.contains(given.number))
                numbers[name] = given.number
            case (nil, nil): #expect(numbers.count == limit || bytes + name.utf8.count > byteLimit)
            }
            if draws.next() % 3 == 0, let (gone, number) = numbers.randomElement(using: &draws) {
                table.remove(number)
                numbers[gone] = nil
                #expect(!table.contains(number) && table[number].isEmpty)
            }
            #expect(table.count == numbers.count)
            #expect(table.bytes == numbers.keys.reduce(0) { $0 + $1.utf8.count })
            #expect(table.numbersInUse <= limit)
        }
        let copy = table.copy()
        for (name, number) in numbers {
            #expect(text(number, of: table) == name && text(number, of: copy) == name)
            #expect(Array(name.utf8).withUnsafeBytes { copy.find($0) } == number)
            table.remove(number)
        }
        #expect(table.count == 0 && table.bytes == 0 && copy.count == numbers.count)
        for (name, number) in numbers { #expect(text(number, of: copy) == name) }
    }

    @Test func theNumberThatIsFreeIsGivenOutFirst() {
        var table = TextTable(limit: 3, seed: 1)
        for name in ["a", "b", "c"] { _ = intern(name, in: &table) }
        #expect(intern("d", in: &table) == nil)
        table.remove(1)
        #expect(intern("d", in: &table)?.number == 1)
        #expect(text(1, of: table) == "d" && table.numbersInUse == 3)
        #expect(!table.contains(3) && !table.contains(TextTable.none) && table[TextTable.none].isEmpty)
    }

    @Test func anEmptyTextIsOneToo() {
        var table = TextTable(limit: 2, seed: 1)
        let first = table.intern(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(first?.isNew == true)
        #expect(table.contains(0) && table[0].isEmpty && table.count == 1)
        #expect(intern("", in: &table)?.isNew == false)
        table.remove(0)
        #expect(table.count == 0)
    }
}
