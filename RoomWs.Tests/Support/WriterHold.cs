using RoomWs.Server.Fanout;

namespace RoomWs.Tests.Support;

/// <summary>
/// Keeps the writer waiting at the gate of a room of its own, with a change of that room committed and not told: whatever is asked until
/// the release is then committed in one batch, in the order in which it was asked.
/// </summary>
internal sealed class WriterHold
{
    private const string RoomId = "held";

    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TestClient _witness;
    private readonly TestClient[] _clients;

    private WriterHold(TestClient witness, TestClient[] clients) => (_witness, _clients) = (witness, clients);

    /// <summary>Holds the writer.</summary>
    /// <param name="server">Whose writer.</param>
    /// <param name="clients">Who will ask.</param>
    public static async Task<WriterHold> StartAsync(TestServer server, params TestClient[] clients)
    {
        var (witness, looker) = (await TestClient.ConnectAsync(server, "witness"), await TestClient.ConnectAsync(server, "looker"));
        await looker.CreateRoomAsync(RoomId);
        for (var i = 0; i < clients.Length; i++)
        {
            await clients[i].CreateRoomAsync(SideRoom(i), members: ["witness"]);
            await clients[i].EnterAsync(SideRoom(i));
            await witness.ExpectAsync("ROOM_MEMBERS_UPDATED");
            await witness.EnterAsync(SideRoom(i));
        }

        var hold = new WriterHold(witness, clients);
        var gate = server.Core.Rooms.Find(RoomId)!.Room.Gate;
        new Thread(() => hold.Keep(gate)) { IsBackground = true }.Start();
        await hold._held.Task.OrFailAsync("the gate");

        // A list reads what is committed; once it shows the change, the writer has taken its batch and takes nothing more.
        var holder = await TestClient.ConnectAsync(server, "looker");
        await holder.SendAsync(new { type = "ROOM_UPDATE_META", roomId = RoomId, patch = new { name = "new" } });
        long version;
        do version = (await looker.SucceedAsync("ROOM_LIST_RESPONSE", new { type = "ROOM_LIST" })).GetProperty("rooms")[0].Version();
        while (version == 1);
        return hold;
    }

    /// <summary>Sends a change, and returns when it waits for the writer: what is sent next, by whomever, comes behind it.</summary>
    public async Task AskAsync(TestClient client, object request)
    {
        await client.SendAsync(request);

        // Typing does not wait for the client's changes; so once it shows, the read loop has passed on what came before it.
        var side = SideRoom(Array.IndexOf(_clients, client));
        foreach (var typing in new[] { true, false })
        {
            await client.SendAsync(new { type = "ROOM_TYPING", roomId = side, typing });
            await _witness.ExpectAsync("ROOM_TYPING");
        }
    }

    /// <summary>Lets the writer go on.</summary>
    public void Release() => _released.SetResult();

    private static string SideRoom(int client) => FormattableString.Invariant($"side{client}");

    private void Keep(RoomGate gate)
    {
        using (gate.Enter())
        {
            _held.SetResult();
            _released.Task.Wait(Deadline.Span);
        }
    }
}
