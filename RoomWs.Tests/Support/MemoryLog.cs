using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RoomWs.Tests.Support;

/// <summary>A line of the server's log.</summary>
internal sealed record LogEntry(LogLevel Level, int EventId, string Category, string Message, Exception? Exception);

/// <summary>Keeps the server's log in memory, for tests to look at. Safe to call from any thread.</summary>
internal sealed class MemoryLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IReadOnlyCollection<LogEntry> Entries => _entries;

    /// <summary>The id of an event that cannot be written: whoever logs it gets an exception. 0 for none.</summary>
    public int FailsOn { get; set; }

    /// <summary>What no orderly run leaves behind: errors, and exceptions that somebody thought worth a line.</summary>
    public IEnumerable<LogEntry> Faults => _entries.Where(entry => entry.Level >= LogLevel.Error || entry.Exception is not null);

    /// <summary>A factory whose loggers write here.</summary>
    /// <param name="isComplete">Whether to keep what Kestrel has to say below Information, too.</param>
    public ILoggerFactory CreateFactory(bool isComplete) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Trace)
        // Kestrel tells of every reset connection, exception included, as Debug: clients of tests end without a goodbye.
        .AddFilter("Microsoft", isComplete ? LogLevel.Trace : LogLevel.Information)
        .AddProvider(this));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        // The entries are wanted after the server has ended.
    }

    private sealed class Logger(MemoryLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id != 0 && eventId.Id == log.FailsOn) throw new InvalidOperationException("on purpose");
            log._entries.Enqueue(new LogEntry(logLevel, eventId.Id, category, formatter(state, exception), exception));
        }
    }
}
