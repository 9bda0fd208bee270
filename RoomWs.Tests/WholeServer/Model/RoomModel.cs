using System.Collections.Immutable;

namespace RoomWs.Tests.WholeServer.Model;

/// <summary>The rules of rooms once more, in as few words as possible, and pure: a step gives its result and the rooms after it.</summary>
internal sealed record RoomModel(ImmutableSortedDictionary<string, ModelRoom> Rooms, ImmutableList<ModelInvite> Invites, long Now)
{
    public const string Ok = "OK";

    /// <summary>The one success that is not what was asked for: the caller is not in, but its request waits.</summary>
    public const string Pending = "PENDING";

    private const string NoInvite = "NOT_FOUND Invitation not found";
    private const string Used = "CONFLICT Invitation already used";
    private const string Expired = "CONFLICT Invitation expired";
    private const string AlreadyMember = "CONFLICT Already a member";

    public static RoomModel At(DateTimeOffset now) => new(ImmutableSortedDictionary<string, ModelRoom>.Empty, [], now.ToUnixTimeMilliseconds());

    /// <summary>Which invite a step is about: the Pick-th newest, of any room and in any state; null while there was none at all.</summary>
    public int? InviteOf(Step step) => Invites.IsEmpty ? null : Invites.Count - 1 - (step.Pick % Invites.Count);

    public (string Result, RoomModel After) Apply(Step step)
    {
        var model = this with { Now = Now + (long)step.Takes.TotalMilliseconds };
        return model.Do(step, model.Rooms.GetValueOrDefault(step.Room));
    }

    private (string, RoomModel) Do(Step step, ModelRoom? room)
    {
        if (step.Kind == StepKind.Wait) return Same();
        if (step.Kind == StepKind.Accept) return Accept(step);
        if (step.Kind == StepKind.Remove && step.Target == step.Caller) return Refuse("VALIDATION_ERROR");
        if (step.Kind == StepKind.Create) return room is null ? Set(step, new(step.Room, step.Policy, 0, [new(step.Caller, "OWNER"), .. Other(step)])) : Refuse("CREATE_FAILED");
        if (room is null) return Refuse("NOT_FOUND");

        var (mine, target) = (room.RoleOf(step.Caller), room.RoleOf(step.Target));
        var leads = mine is "OWNER" or "ADMIN";
        return step.Kind switch
        {
            StepKind.Join or StepKind.JoinByCode => mine is null ? Join(step, room) : Same(),
            StepKind.Cancel => room.Asking.Contains(step.Caller) ? Ask(step, room.Asking.Remove(step.Caller)) : Refuse("NOT_FOUND"),
            StepKind.Leave => mine is null ? Refuse("NOT_FOUND") : Leave(step, room, mine),
            StepKind.Delete => mine == "OWNER" ? End(step) : Refuse("FORBIDDEN"),
            StepKind.SetPolicy => mine == "OWNER" ? Set(step, room with { Policy = step.Policy }) : Refuse("FORBIDDEN"),
            StepKind.Promote or StepKind.Demote or StepKind.Transfer when mine != "OWNER" || step.Target == step.Caller => Refuse("FORBIDDEN"),
            StepKind.Promote or StepKind.Demote or StepKind.Transfer when target is null => Refuse("NOT_FOUND"),
            StepKind.Transfer => Set(step, room.With(step.Caller, "MEMBER").With(step.Target, "OWNER")),
            StepKind.Promote => target == "ADMIN" ? Same() : Set(step, room.With(step.Target, "ADMIN")),
            StepKind.Demote => target == "MEMBER" ? Same() : Set(step, room.With(step.Target, "MEMBER")),
            _ when !leads => Refuse("FORBIDDEN"),
            StepKind.Rename => Set(step, room with { Name = step.NewName }),
            StepKind.StaleRename => Refuse("CONFLICT"),
            StepKind.Add => target is null ? Set(step, room.WithNew(step.Target)) : Same(),
            StepKind.Remove when mine == "ADMIN" && target is "OWNER" or "ADMIN" => Refuse("FORBIDDEN"),
            StepKind.Remove => target is null ? Refuse("NOT_FOUND") : Set(step, room.Without(step.Target)),
            StepKind.Invite => (Ok, this with { Invites = Invites.Add(new(step.Room, step.Caller, Now, Now + (step.LifeSeconds * 1_000L))) }),
            StepKind.Revoke => Revoke(step),
            _ when !room.Asking.Contains(step.Target) => Refuse("NOT_FOUND"),
            StepKind.Approve => Set(step, room.WithNew(step.Target)),
            _ => Ask(step, room.Asking.Remove(step.Target)),
        };
    }

    private static ImmutableList<ModelMember> Other(Step step) => step.Target == step.Caller ? [] : [new(step.Target, "MEMBER")];

    private (string, RoomModel) Join(Step step, ModelRoom room)
    {
        if (room.Policy == "OPEN") return Set(step, room.WithNew(step.Caller));
        if (step.Kind == StepKind.JoinByCode)
        {
            var (refusal, number) = Check(step, step.Room);
            return refusal is null ? Use(number, step.Caller).Set(step, room.WithNew(step.Caller)) : Refuse(refusal);
        }

        if (room.Policy == "INVITE") return Refuse("FORBIDDEN");
        var asking = room.Asking.Contains(step.Caller) ? room.Asking : room.Asking.Add(step.Caller);
        return (Pending, Ask(step, asking).Item2);
    }

    private (string, RoomModel) Accept(Step step)
    {
        var (refusal, number) = Check(step, null);
        if (refusal is not null) return Refuse(refusal);

        var roomId = Invites[number].Room;
        var room = Rooms[roomId];
        return room.RoleOf(step.Caller) is null
            ? Use(number, step.Caller).Set(step with { Room = roomId }, room.WithNew(step.Caller))
            : Refuse(AlreadyMember);
    }

    private (string? Refusal, int Number) Check(Step step, string? room)
    {
        if (InviteOf(step) is not { } number) return (NoInvite, 0);
        var invite = Invites[number];
        if (invite.IsGone || (room is not null && invite.Room != room)) return (NoInvite, 0);
        if (!Rooms[invite.Room].IsLedBy(invite.CreatedBy)) return (NoInvite, 0);
        if (invite.UsedBy is not null) return (Used, 0);
        return (invite.ExpiresAt <= Now ? Expired : null, number);
    }

    private RoomModel Use(int number, string user) => this with { Invites = Invites.SetItem(number, Invites[number] with { UsedBy = user }) };

    private (string, RoomModel) Revoke(Step step)
    {
        if (InviteOf(step) is not { } number || Invites[number] is not { IsGone: false } invite || invite.Room != step.Room) return Refuse(NoInvite);
        return (Ok, this with { Invites = Invites.SetItem(number, invite with { IsGone = true }) });
    }

    private (string, RoomModel) Leave(Step step, ModelRoom room, string mine)
    {
        var rest = room.Without(step.Caller);
        if (rest.Members.IsEmpty) return End(step);
        if (mine != "OWNER") return Set(step, rest);
        var heir = rest.Members.Find(member => member.Role == "ADMIN") ?? rest.Members[0];
        return Set(step, rest.With(heir.User, "OWNER"));
    }

    /// <summary>The room goes, and its invites and requests with it.</summary>
    private (string, RoomModel) End(Step step) => (Ok, this with
    {
        Rooms = Rooms.Remove(step.Room),
        Invites = Invites.ConvertAll(invite => invite.Room == step.Room ? invite with { IsGone = true } : invite),
    });

    private (string, RoomModel) Set(Step step, ModelRoom room) => (Ok, this with { Rooms = Rooms.SetItem(step.Room, room with { Version = room.Version + 1 }) });

    /// <summary>Who asks is not the room's own affair, and makes no version of it.</summary>
    private (string, RoomModel) Ask(Step step, ImmutableList<string> asking) =>
        (Ok, this with { Rooms = Rooms.SetItem(step.Room, Rooms[step.Room] with { Asking = asking }) });

    private (string, RoomModel) Same() => (Ok, this);

    private (string, RoomModel) Refuse(string code) => (code, this);
}
