"""append_log.py FILE RATE: appends RATE lines a second of a web server's combined log to FILE, until it is ended.

As many addresses and paths as a demo has visitors and pages; written every 10 ms, as a busy server would flush.
"""

import sys
import time

PERIOD_SECONDS = 0.01
VISITORS = 200
PAGES = ["/", "/products", "/products/42", "/cart", "/checkout", "/about", "/contact", "/blog", "/search?q=mice"]
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
]


def line(number, stamp):
    visitor = number * 7919 % VISITORS
    page = PAGES[number * 31 % len(PAGES)]
    address = f"192.0.2.{visitor + 1}" if visitor < 250 else f"198.51.100.{visitor - 249}"
    return f'{address} - - [{stamp}] "GET {page} HTTP/1.1" 200 {500 + number % 4000} "-" "{AGENTS[number % 2]}"\n'


def main():
    path, rate = sys.argv[1], int(sys.argv[2])
    written, begin = 0, time.monotonic()
    with open(path, "a", buffering=1 << 20) as file:
        while True:
            due = int((time.monotonic() - begin) * rate)
            stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
            file.write("".join(line(number, stamp) for number in range(written, due)))
            file.flush()
            written = due
            time.sleep(PERIOD_SECONDS)


if __name__ == "__main__":
    main()
