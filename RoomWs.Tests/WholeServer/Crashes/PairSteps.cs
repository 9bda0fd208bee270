using System.Text.Json;
using RoomWs.Tests.Support;
using RoomWs.Tests.WholeServer.Model;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>One request of a pair that has to succeed, and what is so when it was done.</summary>
/// <param name="User">Who asks.</param>
/// <param name="Request">The request, without its ids.</param>
/// <param name="After">What is so then.</param>
internal sealed record PairStep(string User, object Request, PairState After)
{
    public string Type { get; } = JsonSerializer.SerializeToElement(Request).Type();

    /// <summary>What only the reply tells: an invite's id and code.</summary>
    public Func<PairState, JsonElement, PairState> Learn { get; init; } = (state, _) => state;
}

/// <summary>Chooses what a pair does next, of all that it can do as things are.</summary>
internal sealed class PairSteps(string pair, Random random)
{
    public const string Shared = "shared";

    /// <summary>
    /// The changes that a pair makes, and whose outcome it can foretell. A command that is new need not be among them: what a kill must not
    /// break - a change with its version, its audit row and its kept reply - is the work of the job around every handler.
    /// </summary>
    public static readonly string[] Kinds =
    [
        "ROOM_CREATE", "ROOM_UPDATE_META", "ROOM_DELETE", "ROOM_ADD_MEMBERS", "ROOM_REMOVE_MEMBER", "ROOM_SET_ROLE", "ROOM_JOIN", "ROOM_LEAVE",
        "ROOM_JOIN_APPROVE", "ROOM_JOIN_DENY", "ROOM_JOIN_CANCEL", "ROOM_INVITE_CREATE", "ROOM_INVITE_ACCEPT", "ROOM_INVITE_REVOKE", "ROOM_MESSAGE",
        "ROOM_BOARD_CREATE", "ROOM_BOARD_ACTIVATE", "ROOM_BOARD_DELETE", "ROOM_BOARD_UPDATE", "ROOM_BOARD_SNAPSHOT",
    ];

    private const int BoardsAtMost = 3;
    private const int InvitesAtMost = 3;

    private static readonly string[] Policies = ["OPEN", "APPROVAL", "INVITE"];

    private readonly string[] _guests = [$"{pair}x1", $"{pair}x2", $"{pair}x3"];

    public string First { get; } = pair + "a";

    public string Second { get; } = pair + "b";

    public PairStep Next(PairState state)
    {
        PairStep[] steps = [.. InShared(state), .. state.Own is { } own ? InOwn(state, own) : [Create(state)]];
        return steps[random.Next(steps.Length)];
    }

    private PairStep Create(PairState state)
    {
        var id = $"{pair}-{state.RoomsMade + 1}";
        string[] memberIds = random.Next(2) == 0 ? [] : [Second, _guests[0]];
        var policy = Policies[random.Next(Policies.Length)];
        var room = new ModelRoom(id, policy, 1, [new(First, "OWNER"), .. memberIds.Select(user => new ModelMember(user, "MEMBER"))]);
        return new(
            First,
            new { type = "ROOM_CREATE", roomId = id, joinPolicy = policy, memberIds },
            state with { Own = new PairRoom(id, room), RoomsMade = state.RoomsMade + 1 });
    }

    private IEnumerable<PairStep> InShared(PairState state)
    {
        const string roomId = Shared, boardId = Shared;
        var moved = state with { IsInShared = !state.IsInShared, SharedMoves = state.SharedMoves + 1 };
        if (!state.IsInShared)
        {
            yield return new(First, new { type = "ROOM_JOIN", roomId }, moved);
            yield break;
        }

        if (random.Next(4) == 0) yield return new(First, new { type = "ROOM_LEAVE", roomId }, moved);
        var said = $"{First}-{state.SharedMessages + 1}";
        var drawn = $"{First}-{state.SharedUpdates + 1}";
        yield return new(First, new { type = "ROOM_MESSAGE", roomId, content = said, clientMessageId = said }, state with { SharedMessages = state.SharedMessages + 1 });
        yield return new(First, new { type = "ROOM_BOARD_UPDATE", roomId, boardId, payload = drawn }, state with { SharedUpdates = state.SharedUpdates + 1 });
    }

    private IEnumerable<PairStep> InOwn(PairState state, PairRoom own)
    {
        var other = own.Owner == First ? Second : First;
        var isIn = own.Room.RoleOf(other) is not null;
        return [
            .. Meta(state, own),
            .. Guests(state, own),
            .. isIn ? Together(state, own, other) : Coming(state, own, other),
            .. Invites(state, own),
            .. Boards(state, own, isIn && random.Next(2) == 0 ? other : own.Owner),
            .. Ends(state, own, isIn)];
    }

    private IEnumerable<PairStep> Meta(PairState state, PairRoom own)
    {
        var roomId = own.Id;
        var name = $"after {own.Room.Version}";
        yield return new(own.Owner, new { type = "ROOM_UPDATE_META", roomId, patch = new { name }, ifVersion = own.Room.Version }, state with { Own = own.Change(room => room with { Name = name }) });
        var joinPolicy = Policies[random.Next(Policies.Length)];
        yield return new(own.Owner, new { type = "ROOM_UPDATE_META", roomId, patch = new { joinPolicy } }, state with { Own = own.Change(room => room with { Policy = joinPolicy }) });
    }

    private IEnumerable<PairStep> Guests(PairState state, PairRoom own)
    {
        var (roomId, userId) = (own.Id, _guests[random.Next(_guests.Length)]);
        if (own.Room.RoleOf(userId) is not { } present)
        {
            yield return new(own.Owner, new { type = "ROOM_ADD_MEMBERS", roomId, userIds = new[] { userId } }, state with { Own = own.Change(room => room.WithNew(userId)) });
            yield break;
        }

        yield return new(own.Owner, new { type = "ROOM_REMOVE_MEMBER", roomId, userId }, state with { Own = own.Change(room => room.Without(userId)) });
        var role = present == "ADMIN" ? "MEMBER" : "ADMIN";
        yield return new(own.Owner, new { type = "ROOM_SET_ROLE", roomId, userId, role }, state with { Own = own.Change(room => room.With(userId, role)) });
    }

    private static IEnumerable<PairStep> Together(PairState state, PairRoom own, string other)
    {
        var (roomId, owner) = (own.Id, own.Owner);
        yield return new(other, new { type = "ROOM_LEAVE", roomId }, state with { Own = own.Change(room => room.Without(other)) });
        yield return new(
            owner,
            new { type = "ROOM_SET_ROLE", roomId, userId = other, role = "OWNER" },
            state with { Own = own.Change(room => room.With(owner, "MEMBER").With(other, "OWNER")) });
        var content = $"{own.Messages + 1}";
        yield return new(other, new { type = "ROOM_MESSAGE", roomId, content }, state with { Own = own with { Messages = own.Messages + 1 } });

        // Only where the room passes to the other, for the guests have nobody to act for them.
        var rest = own.Room.Without(owner);
        if ((rest.Members.Find(member => member.Role == "ADMIN") ?? rest.Members[0]).User == other)
            yield return new(owner, new { type = "ROOM_LEAVE", roomId }, state with { Own = own.Change(_ => rest.With(other, "OWNER")) });
    }

    private static IEnumerable<PairStep> Coming(PairState state, PairRoom own, string other)
    {
        var (roomId, owner) = (own.Id, own.Owner);
        var with = state with { Own = own.Change(room => room.WithNew(other)) };
        var without = state with { Own = own with { Room = own.Room with { Asking = [] } } };
        if (own.Room.Policy == "OPEN") yield return new(other, new { type = "ROOM_JOIN", roomId }, with);
        if (own.Room.Asking.Count > 0)
        {
            yield return new(owner, new { type = "ROOM_JOIN_APPROVE", roomId, userId = other }, with);
            yield return new(owner, new { type = "ROOM_JOIN_DENY", roomId, userId = other }, without);
            yield return new(other, new { type = "ROOM_JOIN_CANCEL", roomId }, without);
        }
        else if (own.Room.Policy == "APPROVAL")
        {
            yield return new(other, new { type = "ROOM_JOIN", roomId }, state with { Own = own with { Room = own.Room with { Asking = [other] } } });
        }

        if (own.Invites.Find(invite => invite is { Code: not null, UsedBy: null } && own.Room.IsLedBy(invite.Maker)) is not { } open) yield break;
        var used = state with { Own = with.Own!.WithInvite(open, open with { UsedBy = other }) };
        yield return new(other, new { type = "ROOM_INVITE_ACCEPT", code = open.Code }, used);
        if (own.Room.Policy != "OPEN") yield return new(other, new { type = "ROOM_JOIN", roomId, code = open.Code }, used);
    }

    private static IEnumerable<PairStep> Invites(PairState state, PairRoom own)
    {
        var roomId = own.Id;
        if (own.Invites.Find(invite => invite.UsedBy is null) is { } open)
            yield return new(own.Owner, new { type = "ROOM_INVITE_REVOKE", roomId, inviteId = open.Id }, state with { Own = own with { Invites = own.Invites.Remove(open) } });
        if (own.Invites.Count(invite => invite.UsedBy is null) == InvitesAtMost) yield break;

        var made = new PairInvite(own.Owner);
        yield return new(own.Owner, new { type = "ROOM_INVITE_CREATE", roomId }, state with { Own = own with { Invites = own.Invites.Add(made) } })
        {
            Learn = (after, reply) =>
            {
                var shown = reply.GetProperty("invite");
                var code = shown.TryGetProperty("code", out var secret) ? secret.GetString() : null;
                return after with { Own = after.Own!.WithInvite(made, new PairInvite(made.Maker, shown.Text("inviteId"), code)) };
            },
        };
    }

    private IEnumerable<PairStep> Boards(PairState state, PairRoom own, string member)
    {
        var (roomId, owner) = (own.Id, own.Owner);
        var content = $"{own.Messages + 1}";
        yield return new(member, new { type = "ROOM_MESSAGE", roomId, content }, state with { Own = own with { Messages = own.Messages + 1 } });
        if (own.ActiveBoard is not null)
            yield return new(owner, new { type = "ROOM_BOARD_ACTIVATE", roomId, boardId = (string?)null }, state with { Own = own.Change(room => room) with { ActiveBoard = null } });

        var boardId = $"b{random.Next(BoardsAtMost)}";
        if (own.Boards.GetValueOrDefault(boardId) is not { } board)
        {
            yield return new(member, new { type = "ROOM_BOARD_CREATE", roomId, boardId }, state with { Own = own.WithBoard(boardId, new PairBoard()) });
            yield break;
        }

        var drawn = board with { Seq = board.Seq + 1 };
        yield return new(member, new { type = "ROOM_BOARD_UPDATE", roomId, boardId, payload = $"{drawn.Seq}" }, state with { Own = own.WithBoard(boardId, drawn) });
        yield return new(owner, new { type = "ROOM_BOARD_ACTIVATE", roomId, boardId }, state with { Own = own.Change(room => room) with { ActiveBoard = boardId } });
        if (own.ActiveBoard != boardId) yield return new(owner, new { type = "ROOM_BOARD_DELETE", roomId, boardId }, state with { Own = own with { Boards = own.Boards.Remove(boardId) } });
        if (board.Seq == board.SnapshotSeq) yield break;
        var seq = random.NextInt64(board.SnapshotSeq, board.Seq) + 1;
        // The owner, who need not have been sent what it compacts: after a crash nobody has.
        yield return new(owner, new { type = "ROOM_BOARD_SNAPSHOT", roomId, boardId, seq, payload = $"to {seq}" }, state with { Own = own.WithBoard(boardId, board with { SnapshotSeq = seq }) });
    }

    /// <summary>Seldom, for much has to have happened in a room that ends.</summary>
    private IEnumerable<PairStep> Ends(PairState state, PairRoom own, bool isOtherIn)
    {
        if (random.Next(8) > 0) yield break;
        var roomId = own.Id;
        yield return new(own.Owner, new { type = "ROOM_DELETE", roomId }, state with { Own = null });
        if (!isOtherIn && own.Room.Members.Count == 1) yield return new(own.Owner, new { type = "ROOM_LEAVE", roomId }, state with { Own = null });
    }
}
