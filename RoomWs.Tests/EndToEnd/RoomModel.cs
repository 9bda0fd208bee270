using System.Collections.Immutable;

namespace RoomWs.Tests.EndToEnd;

/// <summary>What a user asks of a room, in the model's words.</summary>
internal enum StepKind
{
    Create,
    Rename,
    StaleRename,
    Add,
    Remove,
    Promote,
    Demote,
    Transfer,
    Leave,
    Join,
    Delete,
}

/// <summary>One request: who, what, on which room, and to whom where there is a target.</summary>
internal sealed record Step(StepKind Kind, string Caller, string Room, string Target)
{
    public override string ToString() => $"{Caller}:{Kind}({Room},{Target})";
}

internal sealed record ModelMember(string User, string Role);

/// <summary>A room as protocol.md says that it is.</summary>
internal sealed record ModelRoom(string Name, long Version, ImmutableList<ModelMember> Members)
{
    public string Roster => string.Join(' ', Members.Select(member => $"{member.User}={member.Role}"));

    public string? RoleOf(string user) => Members.Find(member => member.User == user)?.Role;

    public ModelRoom With(string user, string role) => this with { Members = Members.ConvertAll(member => member.User == user ? member with { Role = role } : member) };

    public ModelRoom Without(string user) => this with { Members = Members.RemoveAll(member => member.User == user) };
}

/// <summary>The rules of rooms once more, in as few words as possible, and pure: a step gives its result and the rooms after it.</summary>
internal sealed record RoomModel(ImmutableSortedDictionary<string, ModelRoom> Rooms)
{
    public const string Ok = "OK";

    public static readonly RoomModel Empty = new(ImmutableSortedDictionary<string, ModelRoom>.Empty);

    public (string Result, RoomModel After) Apply(Step step)
    {
        var room = Rooms.GetValueOrDefault(step.Room);
        if (step.Kind == StepKind.Remove && step.Target == step.Caller) return Refuse("VALIDATION_ERROR");
        if (step.Kind == StepKind.Create) return room is null ? Set(step, new(step.Room, 0, [new(step.Caller, "OWNER"), .. Other(step)])) : Refuse("CREATE_FAILED");
        if (room is null) return Refuse("NOT_FOUND");

        var (mine, target) = (room.RoleOf(step.Caller), room.RoleOf(step.Target));
        var leads = mine is "OWNER" or "ADMIN";
        return step.Kind switch
        {
            StepKind.Join => mine is null ? Set(step, room with { Members = room.Members.Add(new(step.Caller, "MEMBER")) }) : Same(),
            StepKind.Leave => mine is null ? Refuse("NOT_FOUND") : Leave(step, room, mine),
            StepKind.Delete => mine == "OWNER" ? (Ok, new(Rooms.Remove(step.Room))) : Refuse("FORBIDDEN"),
            StepKind.Rename => leads ? Set(step, room with { Name = NewName(step) }) : Refuse("FORBIDDEN"),
            StepKind.StaleRename => Refuse(leads ? "CONFLICT" : "FORBIDDEN"),
            StepKind.Add => !leads ? Refuse("FORBIDDEN") : target is null ? Set(step, room with { Members = room.Members.Add(new(step.Target, "MEMBER")) }) : Same(),
            StepKind.Remove when !leads || (mine == "ADMIN" && target is "OWNER" or "ADMIN") => Refuse("FORBIDDEN"),
            StepKind.Remove => target is null ? Refuse("NOT_FOUND") : Set(step, room.Without(step.Target)),
            _ when mine != "OWNER" || step.Target == step.Caller => Refuse("FORBIDDEN"),
            _ when target is null => Refuse("NOT_FOUND"),
            StepKind.Transfer => Set(step, room.With(step.Caller, "MEMBER").With(step.Target, "OWNER")),
            StepKind.Promote => target == "ADMIN" ? Same() : Set(step, room.With(step.Target, "ADMIN")),
            _ => target == "MEMBER" ? Same() : Set(step, room.With(step.Target, "MEMBER")),
        };
    }

    public static string NewName(Step step) => $"{step.Caller} likes {step.Target}";

    private static ImmutableList<ModelMember> Other(Step step) => step.Target == step.Caller ? [] : [new(step.Target, "MEMBER")];

    private (string, RoomModel) Leave(Step step, ModelRoom room, string mine)
    {
        var rest = room.Without(step.Caller);
        if (rest.Members.IsEmpty) return (Ok, new(Rooms.Remove(step.Room)));
        if (mine != "OWNER") return Set(step, rest);
        var heir = rest.Members.Find(member => member.Role == "ADMIN") ?? rest.Members[0];
        return Set(step, rest.With(heir.User, "OWNER"));
    }

    private (string, RoomModel) Set(Step step, ModelRoom room) => (Ok, new(Rooms.SetItem(step.Room, room with { Version = room.Version + 1 })));

    private (string, RoomModel) Same() => (Ok, this);

    private (string, RoomModel) Refuse(string code) => (code, this);
}
