namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>Small rooms whose users mind their own business. There are several, so that none of these users comes near its own limits.</summary>
internal sealed class QuietRooms : IDisposable
{
    public const int Count = 10;

    /// <summary>Between two changes. They are sent whether the ones before are answered or not: whoever waits for answers sends least while the server is worst.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    private readonly List<QuietRoom> _rooms = [];

    private QuietRooms()
    {
    }

    public IEnumerable<WorkSpan> Waits => _rooms.SelectMany(room => room.Waits);

    public IEnumerable<string> Faults => _rooms.SelectMany(room => room.Faults);

    public static async Task<QuietRooms> ConnectAsync(Uri server, ServerWork work)
    {
        var quiet = new QuietRooms();
        for (var i = 0; i < Count; i++) quiet._rooms.Add(await QuietRoom.ConnectAsync(server, i, work));
        return quiet;
    }

    /// <summary>Makes so many changes in each room, one room after the other, and waits until all are answered and told.</summary>
    /// <param name="count">How many in each room.</param>
    /// <param name="sent">Is told how many have been made in all, after each.</param>
    public async Task ChangeAsync(int count, Action<int> sent)
    {
        Task[] reading = [.. _rooms.SelectMany(room => (Task[])[Task.Run(() => room.ReadRepliesAsync(count)), Task.Run(() => room.ReadEventsAsync(count))])];
        using var pace = new PeriodicTimer(Pace);
        for (var i = 0; i < count * Count; i++)
        {
            await pace.WaitForNextTickAsync();
            await _rooms[i % Count].SendAsync();
            sent(i + 1);
        }

        await Task.WhenAll(reading);
    }

    public void Dispose()
    {
        foreach (var room in _rooms) room.Dispose();
    }
}
