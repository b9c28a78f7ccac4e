/// Which of the hub's texts something names.
enum TextKind: CaseIterable {
    case page, name, element

    /// The longest that one is of which JSON has to escape nothing, with its quotes.
    var usualBytes: Int { mostBytes + 2 }
}

/// The texts that samples name, each kind in a table of its own, so that a flood of one pushes out no other.
struct HubTexts: ~Copyable {
    var pages: PageTable
    var names: PageTable
    var elements: PageTable

    init(_ limits: HubLimits, seed: UInt64) {
        let due = limits.pagesBeforeSweep
        pages = PageTable(
            limit: limits.pages, byteLimit: limits.pageBytes, usualBytes: TextKind.page.usualBytes,
            sweepDue: due, seed: seed)
        names = PageTable(
            limit: limits.names, byteLimit: limits.nameBytes, usualBytes: TextKind.name.usualBytes,
            sweepDue: due, seed: seed)
        elements = PageTable(
            limit: limits.elements, byteLimit: limits.elementBytes, usualBytes: TextKind.element.usualBytes,
            sweepDue: due, seed: seed)
    }

    /// Texts of all kinds, and their bytes.
    var count: Int { pages.count + names.count + elements.count }
    var bytes: Int { pages.bytes + names.bytes + elements.bytes }

    /// Gives back what texts took that are swept out.
    mutating func trim() {
        pages.trim()
        names.trim()
        elements.trim()
    }

    subscript(kind: TextKind) -> PageTable {
        _read {
            switch kind {
            case .page: yield pages
            case .name: yield names
            case .element: yield elements
            }
        }
        _modify {
            switch kind {
            case .page: yield &pages
            case .name: yield &names
            case .element: yield &elements
            }
        }
    }
}
