namespace RoomWs.Server.Fanout;

/// <summary>The other nodes that have a room entered, and what they have still to say of it. Under the room's gate.</summary>
internal sealed class NodesInRoom
{
    private readonly Dictionary<string, Unconfirmed?> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _awaited = new(StringComparer.Ordinal);
    private TaskCompletionSource? _answers;

    /// <summary>What is known of a node that says all anew, and was not said again yet: the users whose cursors and whose typing it has.</summary>
    private sealed record Unconfirmed(HashSet<string> Cursors, HashSet<string> Typists);

    /// <summary>Whether others may know that this node has the room entered.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Whether there is any, or may be one of those that were asked.</summary>
    public bool IsShared => _nodes.Count > 0 || _awaited.Count > 0;

    /// <summary>Whether they were asked what is live there.</summary>
    public bool IsAsked => _answers is not null;

    /// <summary>Ends when those that were asked have answered.</summary>
    public Task Answers => _answers?.Task ?? Task.CompletedTask;

    public bool Has(string node) => _nodes.ContainsKey(node);

    /// <summary>Waits for the answers of nodes.</summary>
    public void Await(IReadOnlyCollection<string> nodes)
    {
        _awaited.UnionWith(nodes);
        if (_answers is not { Task.IsCompleted: false }) _answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        EndIfAnswered();
    }

    /// <summary>A node has the room entered, and begins to say all that is live of it there.</summary>
    public void Enter(string node, IEnumerable<string> cursors, IEnumerable<string> typists) =>
        _nodes[node] = new Unconfirmed(cursors.ToHashSet(StringComparer.Ordinal), typists.ToHashSet(StringComparer.Ordinal));

    /// <summary>A node has said something that is known of it.</summary>
    public void Confirm(string node, LiveFact fact)
    {
        if (_nodes[node] is not { } unconfirmed) return;
        if (fact.Kind == LiveFactKind.Cursor) unconfirmed.Cursors.Remove(fact.UserId);
        if (fact.Kind == LiveFactKind.Typing) unconfirmed.Typists.Remove(fact.UserId);
    }

    /// <summary>A node has said all. Returns the users of whom it has not, and what was known of them does not hold any more.</summary>
    public (IReadOnlyCollection<string> Cursors, IReadOnlyCollection<string> Typists) Confirm(string node)
    {
        // Else its beginning was for somebody else, and said before it was asked.
        if (!_nodes.TryGetValue(node, out var unconfirmed)) return ([], []);
        Answer(node);
        if (unconfirmed is null) return ([], []);
        _nodes[node] = null;
        return (unconfirmed.Cursors, unconfirmed.Typists);
    }

    /// <summary>A node does not have the room entered.</summary>
    public void Leave(string node)
    {
        _nodes.Remove(node);
        Answer(node);
    }

    public void Clear()
    {
        _nodes.Clear();
        _awaited.Clear();
        EndIfAnswered();
    }

    private void Answer(string node)
    {
        if (_awaited.Remove(node)) EndIfAnswered();
    }

    private void EndIfAnswered()
    {
        if (_awaited.Count == 0) _answers?.TrySetResult();
    }
}
