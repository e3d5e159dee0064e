import Glibc

/// How long something takes.
enum Stopwatch {
  /// The CPU time of this process in seconds, which other programs do not lengthen as they do the time of day.
  static var seconds: Double {
    var now = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }

  /// The time of day in seconds.
  private static var wall: Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }

  /// The most that is done in a second of CPU time, in some runs.
  static func rate(_ count: Int, runs: Int = 5, _ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<runs {
      let start = seconds
      body()
      best = min(best, seconds - start)
    }
    return Double(count) / max(best, 1e-9)
  }

  /// Runs a program whose output nobody reads, and prints seconds by the clock, seconds of CPU time and the peak of its memory in kB.
  static func run(_ arguments: [String]) {
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var process = pid_t()
    let start = wall
    guard let program = words[0], posix_spawnp(&process, program, &actions, nil, &words, environ) == 0 else {
      print("can not run \(arguments[0])")
      exit(2)
    }
    var status: Int32 = 0
    var usage = rusage()
    wait4(process, &status, 0, &usage)
    let time = wall - start
    guard status == 0 else {
      print("\(arguments.joined(separator: " ")) failed")
      exit(2)
    }
    let cpu =
      Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    print(time, cpu, usage.ru_maxrss)
  }
}
