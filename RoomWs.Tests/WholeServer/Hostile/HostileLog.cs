using FluentAssertions;
using Microsoft.Extensions.Logging;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>What hostile clients leave in the log.</summary>
internal static class HostileLog
{
    /// <summary>The line that says that the server closed a connection by a rule.</summary>
    private const int ClosedByRule = 3004;

    /// <summary>The line that counts more of them.</summary>
    private const int MoreClosedByRule = 3007;

    /// <summary>Nothing of it was worth a warning but the closes, each at most one, and no line can be forged.</summary>
    public static void Check(MemoryLog log, int closed)
    {
        log.Entries
            .Where(entry => (entry.Level >= LogLevel.Warning && entry.EventId is not ClosedByRule and not MoreClosedByRule) || entry.Exception is not null || entry.Message.Any(char.IsControl))
            .Should().BeEmpty();
        log.Entries.Count(entry => entry.EventId == ClosedByRule).Should().BeLessThanOrEqualTo(closed);
    }
}
