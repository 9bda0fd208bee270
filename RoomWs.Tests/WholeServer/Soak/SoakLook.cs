using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>Looks, when all is quiet, whether what a socket knows is what there is.</summary>
internal sealed class SoakLook(SoakWorld world)
{
    /// <summary>Of the rooms that a user is not in.</summary>
    private const int Strange = 5;

    private readonly List<string> _different = [];

    public int Compared { get; private set; }

    public IReadOnlyList<string> Different => _different;

    public async Task LookAsync(SoakClient client, Random random)
    {
        var known = client.Look(view => view.RoomIds.Order(StringComparer.Ordinal).ToArray());
        var listed = (await client.AskAsync(new { type = "ROOM_LIST", limit = 500 })).GetProperty("rooms").EnumerateArray().Select(row => row.Text("id")).ToArray();
        if (!known.SequenceEqual(listed, StringComparer.Ordinal)) _different.Add($"{client.UserId} knows {string.Join(' ', known)} and is in {string.Join(' ', listed)}");
        foreach (var roomId in known) await CompareAsync(client, roomId);
        for (var i = 0; i < Strange; i++)
        {
            if (world.AnyRoom(random) is not { } roomId || known.Contains(roomId, StringComparer.Ordinal)) continue;
            var refusal = await client.AskAsync(new { type = "ROOM_INFO", roomId });
            if (refusal.Code() is not ("FORBIDDEN" or "NOT_FOUND")) _different.Add($"{client.UserId} is not in {roomId}, and got {refusal}");
        }
    }

    private async Task CompareAsync(SoakClient client, string roomId)
    {
        Compared++;
        // The reply is taken into the view: what there is before it comes is what has to be compared.
        var place = client.Look(view => view.Places.Of(roomId));
        var before = client.Look(view => view.Shows(roomId));
        var reply = await client.AskAsync(new { type = "ROOM_INFO", roomId });
        if (reply.Code() is not null)
        {
            _different.Add($"{client.UserId} is in {roomId}, and got {reply}");
            return;
        }

        var (here, there) = before(reply.Room());
        if (here != there) _different.Add($"{client.UserId} has {roomId} as {here}, and it is {there}");
        if (place is null) return;
        var said = (await client.AskAsync(new { type = "ROOM_HISTORY", roomId, limit = 1 })).GetProperty("messages");
        var last = said.GetArrayLength() == 0 ? 0 : said[0].Number("seq");
        if (place != last) _different.Add($"{client.UserId} has the messages of {roomId} up to {place}, and there are {last}");
    }
}
