using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>What the log of a server tells about its connections, and about what went wrong.</summary>
/// <param name="Opened">Connections that were opened.</param>
/// <param name="Ended">Connections that ended in any way.</param>
/// <param name="Trouble">Lines of the level Warning and above but for the one of the development mode.</param>
internal sealed record SoakLog(int Opened, int Ended, IReadOnlyList<string> Trouble)
{
    private const int DevelopmentModeId = 1;
    private const int OpenedId = 3001;
    private const int EndedId = 3002;

    public static SoakLog Of(string log)
    {
        var (opened, ended, trouble) = (0, 0, new List<string>());
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var entry = document.RootElement;
            var id = entry.GetProperty("Properties").TryGetProperty("EventId", out var eventId) && eventId.TryGetProperty("Id", out var number) ? number.GetInt32() : 0;
            if (id == OpenedId) opened++;
            if (id == EndedId) ended++;
            if (entry.Text("Level") is not ("Information" or "Debug") && id != DevelopmentModeId) trouble.Add(line);
        }

        return new SoakLog(opened, ended, trouble);
    }
}
