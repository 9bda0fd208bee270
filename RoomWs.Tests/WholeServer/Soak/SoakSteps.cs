using RoomWs.Tests.Documentation;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Soak;

/// <summary>
/// The things that clients do, drawn by chance. Each keeps what there is at its level: rooms fill up and empty, come and go, so that after
/// a while only a leak can make the server grow. A refusal is no fault where another client may have been faster.
/// </summary>
internal sealed class SoakSteps
{
    private const int MostRoomsOfUser = 4;

    /// <summary>Every command whose success has a reply.</summary>
    public static readonly string[] Commands = ServerCommands.Types(command => !Contract.Find(command.Type)!.IsSilent);

    private readonly SoakWorld _world;
    private readonly Random _random;
    private readonly Func<SoakClient, Task>[] _steps;
    private readonly BoardSteps _boards;
    private int _named;

    public SoakSteps(SoakWorld world, Random random)
    {
        (_world, _random) = (world, random);
        _boards = new BoardSteps(world, random);
        (int Weight, Func<SoakClient, Task> Step)[] weighed =
        [
            (24, SayAsync), (6, ReadAsync), (10, ComeOrGoAsync), (8, AddOrRemoveAsync), (4, SetRoleAsync), (4, RenameAsync), (4, InviteAsync), (4, AcceptAsync),
            (10, DecideAsync), (2, CreateOrDeleteAsync), (10, BoardAsync), (12, VisitAsync), (2, client => client.ResumeAsync()), (5, LeaveAsync),
        ];
        _steps = [.. weighed.SelectMany(entry => Enumerable.Repeat(entry.Step, entry.Weight))];
    }

    /// <summary>Does one thing; whoever is gone comes back.</summary>
    public async Task DoAsync(SoakClient client)
    {
        if (client.IsConnected) await _steps[_random.Next(_steps.Length)](client);
        else await ComeBackAsync(client);
    }

    /// <summary>Connects again, and says again what may not have gone through.</summary>
    public async Task ComeBackAsync(SoakClient client)
    {
        await client.ConnectAsync();
        _world.CountReconnect();
        if (client.Unsure is not { } unsure) return;
        client.Unsure = null;
        await client.AskAsync(Message(unsure.RoomId, unsure.ClientMessageId));
    }

    /// <summary>Asks, in a room of its own, for what nobody has asked for with success so far, as the sample of the command has it.</summary>
    public async Task AskUndoneAsync(SoakClient client)
    {
        if (client.IsConnected && Commands.FirstOrDefault(type => !_world.HasDone(type)) is { } type)
        {
            await InRoomAsync(client, view => view.OwnedRoomIds, roomId => client.AskAsync(CommandSample.Of(type).Request(roomId, user: client.Look(view => view.MembersOf(roomId)).Last())));
        }
    }

    public async Task CreateAsync(SoakClient client)
    {
        string[] memberIds = [AnyUser(), AnyUser(), AnyUser()];
        var joinPolicy = Any("OPEN", "OPEN", "APPROVAL", "INVITE");
        var slug = _random.Next(2) == 0 ? $"s-{client.UserId}-{++_named}" : null;
        var reply = await client.AskAsync(new { type = "ROOM_CREATE", name = NewName(), slug, joinPolicy, memberIds });
        if (reply.Code() is null) _world.AddRoom(reply.Room().Text("id"));
    }

    private Task SayAsync(SoakClient client) => InRoomAsync(client, view => view.RoomIds, roomId => client.AskAsync(Message(roomId, $"{client.UserId}-{_random.NextInt64()}")));

    private Task ReadAsync(SoakClient client) => InRoomAsync(client, view => view.RoomIds, roomId => client.AskAsync(_random.Next(5) switch
    {
        0 => new { type = "ROOM_INFO", roomId },
        1 => new { type = "ROOM_MEMBERS", roomId },
        2 => new { type = "ROOM_LIST", includeAll = true, limit = 20 },
        3 => new { type = "ROOM_HISTORY", roomId, limit = 20 },
        _ => (object)new { type = "PING" },
    }));

    private async Task ComeOrGoAsync(SoakClient client)
    {
        if (client.Look(view => view.RoomIds.Count()) >= MostRoomsOfUser)
        {
            await InRoomAsync(client, view => view.RoomIds, async roomId =>
            {
                await client.AskAsync(new { type = "ROOM_LEAVE", roomId });
                await ForgetIfGoneAsync(client, roomId);
            });
        }
        else if (_world.AnyRoom(_random) is { } roomId)
        {
            var reply = await client.AskAsync(new { type = "ROOM_JOIN", roomId });
            if (reply.Code() == "NOT_FOUND") _world.RemoveRoom(roomId);
            if (reply.Type() == "ROOM_JOIN_PENDING" && (_random.Next(3) == 0 || !_world.HasDone("ROOM_JOIN_CANCEL"))) await client.AskAsync(new { type = "ROOM_JOIN_CANCEL", roomId });
        }
    }

    /// <summary>The last one who leaves takes the room along.</summary>
    private async Task ForgetIfGoneAsync(SoakClient client, string roomId)
    {
        if ((await client.AskAsync(new { type = "ROOM_INFO", roomId })).Code() == "NOT_FOUND") _world.RemoveRoom(roomId);
    }

    private Task AddOrRemoveAsync(SoakClient client) => InRoomAsync(client, view => view.LedRoomIds, async roomId =>
    {
        var members = client.Look(view => view.MembersOf(roomId));
        var other = members.Where(member => member != client.UserId).ToArray();
        if (other.Length < SoakRun.MembersPerRoom / 2) await client.AskAsync(new { type = "ROOM_ADD_MEMBERS", roomId, userIds = new[] { AnyUser(), AnyUser() } });
        else await client.AskAsync(new { type = "ROOM_REMOVE_MEMBER", roomId, userId = Any(other) });
    });

    private Task SetRoleAsync(SoakClient client) => InRoomAsync(client, view => view.OwnedRoomIds, async roomId =>
    {
        var other = client.Look(view => view.MembersOf(roomId)).Where(member => member != client.UserId).ToArray();
        if (other.Length > 0) await client.AskAsync(new { type = "ROOM_SET_ROLE", roomId, userId = Any(other), role = Any("ADMIN", "ADMIN", "MEMBER", "OWNER") });
    });

    private Task RenameAsync(SoakClient client) => InRoomAsync(client, view => view.LedRoomIds, roomId =>
    {
        object patch = _random.Next(3) switch
        {
            0 => new { name = NewName(), thumbnailUrl = $"https://example.com/{_random.Next(100)}.png" },
            1 => new { slug = (string?)null },
            _ => new { name = NewName() },
        };
        return client.AskAsync(new { type = "ROOM_UPDATE_META", roomId, patch });
    });

    private Task InviteAsync(SoakClient client) => InRoomAsync(client, view => view.LedRoomIds, async roomId =>
    {
        if (_random.Next(4) > 0)
        {
            var made = await client.AskAsync(new { type = "ROOM_INVITE_CREATE", roomId });
            if (made.Code() is not null) return;
            // A room that is looked at below may have no invite to end: the first is one that is surely there.
            if (_world.HasDone("ROOM_INVITE_REVOKE") || _random.Next(2) == 0) _world.HandOver(made.GetProperty("invite").Text("code"));
            else await client.AskAsync(new { type = "ROOM_INVITE_REVOKE", roomId, inviteId = made.GetProperty("invite").Text("inviteId") });
            return;
        }

        var list = await client.AskAsync(new { type = "ROOM_INVITE_LIST", roomId });
        if (list.Code() is not null || list.GetProperty("invites").GetArrayLength() == 0) return;
        await client.AskAsync(new { type = "ROOM_INVITE_REVOKE", roomId, inviteId = list.GetProperty("invites")[0].Text("inviteId") });
    });

    private async Task AcceptAsync(SoakClient client)
    {
        if (_world.TakeCode() is { } code && client.Look(view => view.RoomIds.Count()) < MostRoomsOfUser) await client.AskAsync(new { type = "ROOM_INVITE_ACCEPT", code });
    }

    private Task DecideAsync(SoakClient client) => InRoomAsync(client, view => view.LedRoomIds, async roomId =>
    {
        var asking = await client.AskAsync(new { type = "ROOM_JOIN_REQUESTS", roomId });
        if (asking.Code() is not null || asking.GetProperty("requests").GetArrayLength() == 0) return;
        // Chances to decide are few, so the first go to what has not been done yet.
        var type = new[] { "ROOM_JOIN_APPROVE", "ROOM_JOIN_DENY" }.FirstOrDefault(one => !_world.HasDone(one)) ?? Any("ROOM_JOIN_APPROVE", "ROOM_JOIN_APPROVE", "ROOM_JOIN_DENY");
        await client.AskAsync(new { type, roomId, userId = asking.GetProperty("requests")[0].Text("userId") });
    });

    private Task CreateOrDeleteAsync(SoakClient client) => _world.IsFull
        ? InRoomAsync(client, view => view.OwnedRoomIds, async roomId =>
        {
            if ((await client.AskAsync(new { type = "ROOM_DELETE", roomId })).Code() is null) _world.RemoveRoom(roomId);
        })
        : CreateAsync(client);

    private Task BoardAsync(SoakClient client) => InRoomAsync(client, view => view.RoomIds, roomId => _boards.DoAsync(client, roomId));

    private async Task VisitAsync(SoakClient client)
    {
        if (client.Entered is not { } roomId)
        {
            await InRoomAsync(client, view => view.RoomIds, async id =>
            {
                if ((await client.AskAsync(new { type = "ROOM_ENTER", roomId = id })).Code() is null) client.Entered = id;
            });
            return;
        }

        if (_random.Next(6) == 0)
        {
            client.Entered = null;
            await client.AskAsync(new { type = "ROOM_EXIT", roomId });
            return;
        }

        // These have no reply; that of the PING comes when all are done.
        for (var i = 0; i < 3; i++) await client.SendAsync(new { type = "ROOM_CURSOR", roomId, x = _random.Next(1_000), y = _random.Next(1_000) });
        await client.SendAsync(new { type = "ROOM_TYPING", roomId, typing = _random.Next(2) == 0 });
        await client.AskAsync(new { type = "PING" });
    }

    /// <summary>Goes, in one way or another; its next turn brings it back.</summary>
    private async Task LeaveAsync(SoakClient client)
    {
        if (_random.Next(3) == 0)
        {
            await client.CloseAsync();
            return;
        }

        if (AnyOf(client, view => view.RoomIds) is { } roomId && _random.Next(2) == 0)
        {
            client.Unsure = (roomId, $"{client.UserId}-{_random.NextInt64()}");
            await client.SendAsync(Message(roomId, client.Unsure.Value.ClientMessageId));
        }

        await client.DropAsync();
    }

    private async Task InRoomAsync(SoakClient client, Func<SocketView, IEnumerable<string>> among, Func<string, Task> act)
    {
        if (AnyOf(client, among) is { } roomId) await act(roomId);
    }

    private string? AnyOf(SoakClient client, Func<SocketView, IEnumerable<string>> among)
    {
        var rooms = client.Look(view => among(view).ToArray());
        return rooms.Length == 0 ? null : Any(rooms);
    }

    private object Message(string roomId, string clientMessageId) => new { type = "ROOM_MESSAGE", roomId, content = new string('x', _random.Next(20, 200)), clientMessageId };

    private string NewName() => $"Room {_random.Next(1_000_000)}";

    private string AnyUser() => SoakRun.UserId(_random.Next(_world.Users));

    private string Any(params string[] some) => some[_random.Next(some.Length)];
}
