namespace RoomWs.Server.Fanout;

/// <summary>The members of a room who have connections to this node. Under the lock of <see cref="LocalMembers"/>, but what <see cref="Lend"/> returned.</summary>
internal sealed class LocalRoom(string id)
{
    /// <summary>Few, because most rooms have few members.</summary>
    private const int FirstSize = 2;

    private LocalUser[] _users = [];
    private int _count;
    private bool _isLent;

    public string Id => id;

    public bool IsEmpty => _count == 0;

    /// <summary>The members at this moment. What is behind the span never changes, and is copied only where one goes while it is lent.</summary>
    public ReadOnlySpan<LocalUser> Lend()
    {
        _isLent = true;
        return _users.AsSpan(0, _count);
    }

    /// <summary>Adds a user who is not in yet: behind all that is lent.</summary>
    public void Add(LocalUser user)
    {
        if (_count == _users.Length) Resize(Math.Max(FirstSize, 2 * _count));
        _users[_count++] = user;
    }

    public void Remove(LocalUser user)
    {
        var at = 0;
        while (at < _count && !ReferenceEquals(_users[at], user)) at++;
        if (at == _count) return;

        if (_isLent || 4 * _count <= _users.Length) Resize(Math.Max(FirstSize, Math.Min(_users.Length, 2 * _count)));
        _users[at] = _users[--_count];
        _users[_count] = null!;
    }

    private void Resize(int size)
    {
        var users = new LocalUser[size];
        _users.AsSpan(0, _count).CopyTo(users);
        (_users, _isLent) = (users, false);
    }
}
